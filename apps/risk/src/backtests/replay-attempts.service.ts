import { Injectable } from '@nestjs/common';
import { AttemptTokenised, type AttemptTokenisedData, type BacktestResult } from '@tollgate/contracts';
import { type ReceivedEvent, TopicHistory } from '@tollgate/messaging';
import { attemptKey } from '../decisions/decision.repository.ts';
import { AttemptIdentifier } from '../features/attempt-identifier.service.ts';
import { type AttemptValues, type FeatureSnapshot, toFeatureSnapshot } from '../features/feature.policy.ts';
import { RecordedDecisionRepository } from '../recorded/recorded-decision.repository.ts';
import type { AnnouncedDecision } from '../recorded/recorded-decision.types.ts';
import { measurementsOf } from '../velocity/velocity-feature.policy.ts';
import type { VelocityValues } from '../velocity/velocity.policy.ts';
import type { BacktestOrder, VisitDecisions } from './backtest.types.ts';
import { ReplayedVelocity } from './replayed-velocity.policy.ts';

/** An attempt reaches its topic after its first receipt, as a rule at once, and after a crash of its producer later. */
const ON_ITS_WAY_MAX_MS = 60 * 60 * 1000;
/** What velocities may take in this process, which also decides live. Bytes. */
const VELOCITY_BYTES_MAX = 128 * 1024 * 1024;
/** Copies of an announcement lie close to each other: so many attempts are remembered. */
const REMEMBERED_MAX = 100_000;

/** An attempt with the decision that was made on this very announcement. */
interface DecidedAttempt {
  readonly attempt: AttemptTokenisedData;
  readonly values: AttemptValues;
  readonly recorded: AnnouncedDecision;
}

type Replay = NonNullable<BacktestResult['replay']>;

/**
 * Decisions on features as they would be today: those of the attempt anew from its topic, velocities counted anew in the
 * order of the topic, from a window ahead of the range on. Lists and history are those of the decision: what was known
 * then. A candidate may so be tried on velocities that nobody counted at the time.
 */
@Injectable()
export class ReplayAttempts {
  readonly #topic: TopicHistory;
  readonly #recorded: RecordedDecisionRepository;
  readonly #identifier: AttemptIdentifier;

  constructor(topic: TopicHistory, recorded: RecordedDecisionRepository, identifier: AttemptIdentifier) {
    this.#topic = topic;
    this.#recorded = recorded;
    this.#identifier = identifier;
  }

  /** @throws KnownError BACKTEST_TOO_LARGE, BROKER_UNAVAILABLE */
  async read(
    { candidate, range }: Pick<BacktestOrder, 'candidate' | 'range'>,
    visit: VisitDecisions,
  ): Promise<BacktestResult['replay']> {
    const measurements = measurementsOf(candidate.document.velocity);
    const velocity = new ReplayedVelocity(measurements, VELOCITY_BYTES_MAX);
    const windowMs = Math.max(0, ...measurements.map(({ windowSeconds }) => windowSeconds * 1000));
    const counted = {
      from: new Date(range.from.getTime() - windowMs),
      to: new Date(range.to.getTime() + ON_ITS_WAY_MAX_MS),
    };
    const replay: Replay = { countedFrom: null, counted: 0, leftOut: 0, compared: 0, same: 0 };
    const remembered = new Set<string>();
    await this.#topic.read(AttemptTokenised, counted, async (announcements) => {
      const ofMerchant = announcements.filter(
        ({ data }) => range.merchantId === null || data.merchantId === range.merchantId,
      );
      const decided = await this.#findDecided(ofMerchant, remembered, replay);
      const values = velocity.measure(decided.map(toCountedAttempt));
      replay.countedFrom ??= decided[0]?.recorded.received_at.toISOString() ?? null;
      replay.counted += decided.length;
      const rows = decided.flatMap((one, index) => {
        const { received_at: receivedAt } = one.recorded;
        if (receivedAt < range.from || receivedAt >= range.to) return [];
        compare(one.recorded.features, values[index]!, replay);
        return [{ ...one.recorded, features: toReplayedFeatures(one, values[index]!) }];
      });
      // Also where it is empty: whoever visits may want to stop.
      await visit(rows);
    });
    return replay;
  }

  /** The announcements on which something was decided, each attempt once. */
  async #findDecided(
    announcements: ReadonlyArray<ReceivedEvent<AttemptTokenisedData>>,
    remembered: Set<string>,
    replay: Replay,
  ): Promise<DecidedAttempt[]> {
    const decisions = await this.#recorded.find(announcements.map(({ data }) => data));
    return announcements.flatMap(({ data: attempt, source, id }) => {
      const key = attemptKey(attempt.merchantId, attempt.paymentAttemptId);
      const recorded = decisions.get(key);
      if (recorded === undefined) replay.leftOut += 1;
      if (recorded?.announced_by_source !== source || recorded.announced_by_id !== id || remembered.has(key)) return [];
      remember(remembered, key);
      return [{ attempt, recorded, values: this.#identifier.identify(attempt) }];
    });
  }
}

function remember(remembered: Set<string>, key: string): void {
  if (remembered.size >= REMEMBERED_MAX) {
    const [oldest] = remembered;
    remembered.delete(oldest!);
  }
  remembered.add(key);
}

function toCountedAttempt({ attempt, values, recorded }: DecidedAttempt) {
  const { amountMinor, currency } = attempt.order;
  return {
    ...{ merchantId: attempt.merchantId, atMs: recorded.received_at.getTime(), currency, values },
    amountMinor: BigInt(amountMinor),
  };
}

/** Those of the attempt and its velocities anew; of lists and history what was recorded, and nothing where nothing was. */
function toReplayedFeatures({ attempt, values, recorded }: DecidedAttempt, velocity: VelocityValues): FeatureSnapshot {
  const fresh = toFeatureSnapshot(attempt, {
    ...{ values, receivedAt: recorded.received_at, velocity, history: {} },
    ...{ allowedBy: [], blockedBy: [], watchedBy: [] },
  });
  return Object.fromEntries(
    Object.entries(fresh).flatMap(([name, value]) => {
      if (!/^(?:history|lists)\./.test(name)) return [[name, value]];
      const then = recorded.features[name];
      return then === undefined ? [] : [[name, then]];
    }),
  );
}

function compare(recorded: FeatureSnapshot, counted: VelocityValues, replay: Replay): void {
  for (const [name, value] of Object.entries(counted)) {
    if (recorded[name] === undefined) continue;
    replay.compared += 1;
    if (recorded[name] === value) replay.same += 1;
  }
}
