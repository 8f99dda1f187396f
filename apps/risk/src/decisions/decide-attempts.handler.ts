import { Injectable } from '@nestjs/common';
import {
  AttemptDecided,
  type AttemptIdentity,
  type AttemptTokenisedData,
  type ClockSettings,
  event,
  KnownError,
  toAttemptIdentity,
  settleClocks,
} from '@tollgate/contracts';
import { type EventBatch, type EventTransaction, keepOfKnownMerchants, type ReceivedEvent } from '@tollgate/messaging';
import { MerchantDirectory } from '@tollgate/persistence';
import { Metrics } from '@tollgate/platform';
import { TakeSnapshots } from '../features/take-snapshots.service.ts';
import type { Standing } from '../rule-sets/rule-set-life.types.ts';
import { StandingRuleSets } from '../rule-sets/standing-rule-sets.service.ts';
import { measurementsOf } from '../velocity/velocity-feature.policy.ts';
import { differingFields } from './attempt-identity.policy.ts';
import { decide, toAttemptDecided } from './decision.policy.ts';
import { attemptKey, DecisionRepository } from './decision.repository.ts';
import type { AttemptToDecide, Decision } from './decision.types.ts';

/** What deciding needs beside the rules and the features. */
export abstract class DecideSettings {
  abstract readonly clocks: ClockSettings;
}

/**
 * Decides the attempts of a batch: each once, whatever number of events announce it. A handful of statements for the
 * whole batch; the locked part, the velocity counters, comes last.
 */
@Injectable()
export class DecideAttemptsHandler {
  readonly #settings: DecideSettings;
  readonly #ruleSets: StandingRuleSets;
  readonly #merchants: MerchantDirectory;
  readonly #decisions: DecisionRepository;
  readonly #snapshots: TakeSnapshots;
  readonly #decided;

  constructor(
    settings: DecideSettings,
    ruleSets: StandingRuleSets,
    merchants: MerchantDirectory,
    decisions: DecisionRepository,
    snapshots: TakeSnapshots,
    metrics: Metrics,
  ) {
    this.#settings = settings;
    this.#ruleSets = ruleSets;
    this.#merchants = merchants;
    this.#decisions = decisions;
    this.#snapshots = snapshots;
    this.#decided = metrics.counter({
      name: 'risk_decisions_total',
      help: 'Attempts decided, by decision and reason',
      labelNames: ['decision', 'reason'],
    });
  }

  /** Events that contradict what is known of their attempt, or name no known merchant, are rejected one by one. */
  async handle({ events, tx }: EventBatch<AttemptTokenisedData>): Promise<void> {
    const kept = await keepOfKnownMerchants(this.#merchants, tx, events);
    const acceptable = kept.map(({ event: received }) => received);
    if (acceptable.length === 0) return;
    // Asked in one round trip.
    const [undecided, standing] = await Promise.all([this.#findUndecided(tx, acceptable), this.#ruleSets.current(tx)]);
    if (undecided.length === 0) return;
    const { decisions, decidedAt } = await this.#decide(tx, undecided, standing);
    for (const decision of decisions) {
      const { merchantId, paymentAttemptId } = decision.attempt;
      tx.emit(
        event({
          definition: AttemptDecided,
          data: toAttemptDecided(decision, decidedAt),
          subject: paymentAttemptId,
          // The attempt is the cause, not the event: whichever announcement comes first, the decision has one id.
          cause: { source: `merchants/${merchantId}/attempts`, id: paymentAttemptId },
        }),
      );
    }
    tx.afterCommit(() => {
      for (const { verdict } of decisions) this.#decided.inc({ decision: verdict.decision, reason: verdict.reason });
    });
  }

  /** The first announcement of each attempt that is not decided yet. Others are absorbed, or rejected as conflicts. */
  async #findUndecided(
    tx: EventTransaction,
    events: ReadonlyArray<ReceivedEvent<AttemptTokenisedData>>,
  ): Promise<AttemptToDecide[]> {
    const announced = events.map((received) => ({ received, ...this.#toAnnounced(received) }));
    const identities = await this.#decisions.findIdentities(tx, announced);
    const undecided: AttemptToDecide[] = [];
    for (const { received, ...announcement } of announced) {
      const identity = toAttemptIdentity(received.data);
      const key = attemptKey(identity.merchantId, received.data.paymentAttemptId);
      const known = identities.get(key);
      if (known !== undefined) {
        rejectConflict(tx, received, known, identity);
        continue;
      }
      identities.set(key, identity);
      undecided.push(announcement);
    }
    return undecided;
  }

  /** An attempt published straight to the topic may lack its clocks: the broker's timestamp is the latest they run from. */
  #toAnnounced({ data, source, id, brokerTimestamp }: ReceivedEvent<AttemptTokenisedData>): AttemptToDecide {
    const clocks = settleClocks(data.clocks, brokerTimestamp, this.#settings.clocks);
    return { attempt: data, clocks, announcedBy: { source, id } };
  }

  async #decide(
    tx: EventTransaction,
    undecided: readonly AttemptToDecide[],
    standing: Standing,
  ): Promise<{ decisions: Decision[]; decidedAt: Date }> {
    const measurements = measurementsOf(
      [standing.live, ...standing.shadows].flatMap(({ ruleSet }) => ruleSet.document.velocity),
    );
    const { snapshots, record } = await this.#snapshots.take(tx, measurements, undecided);
    const decisions = undecided.map((announced, index) => decide(standing, announced, snapshots[index]!));
    const [{ inserted, decidedAt }] = await Promise.all([this.#decisions.insert(tx, decisions), record()]);
    if (decidedAt === undefined || inserted < decisions.length) {
      // A predecessor on the same partition was not quite dead. The next try finds its decisions and adds none.
      throw new KnownError('DATABASE_CONFLICT', { detail: 'Another instance decided the same attempt meanwhile' });
    }
    return { decisions, decidedAt };
  }
}

function rejectConflict(
  tx: EventTransaction,
  received: ReceivedEvent<AttemptTokenisedData>,
  known: AttemptIdentity,
  announced: AttemptIdentity,
): void {
  const fields = differingFields(known, announced);
  if (fields.length > 0) tx.reject(received, new KnownError('ATTEMPT_CONFLICT', { facts: { fields } }));
}
