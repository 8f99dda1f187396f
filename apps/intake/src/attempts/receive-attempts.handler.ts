import { Injectable } from '@nestjs/common';
import {
  AttemptTokenised,
  type AttemptTokenisedData,
  deriveClocks,
  event,
  KnownError,
  shortenClocks,
} from '@tollgate/contracts';
import type { EventTransaction } from '@tollgate/messaging';
import { IntakeOptions } from '../intake-options.types.ts';
import { findConflicts, type IdentityField } from './attempt-identity.policy.ts';
import { AttemptRepository } from './attempt.repository.ts';
import { statusOf } from './attempt.states.ts';
import { type AnnouncedAttempt, type Attempt, type AttemptKey, keyText, type NewAttempt } from './attempt.types.ts';
import { INTAKE_SOURCE } from './own-decision.policy.ts';
import { OwnDecisions } from './own-decision.service.ts';

/** One announcement of an attempt, by the shop's request or by an event. */
export interface Receipt {
  readonly announced: AnnouncedAttempt;
  /** Where it came from, as shown in the timeline. */
  readonly source: string;
  /** Set when intake is the one to tell everybody else, if the attempt is new. */
  readonly announcement?: Omit<AttemptTokenisedData, 'clocks'>;
  readonly traceparent?: string;
}

/** What became of one receipt. */
export type Received =
  | { readonly kind: 'new' | 'known'; readonly attempt: Attempt }
  | { readonly kind: 'conflict'; readonly fields: readonly IdentityField[] };

/** What one batch of receipts comes to, before it is written. */
interface Plan {
  readonly results: Received[];
  readonly fresh: Map<string, { attempt: Attempt & NewAttempt; receipt: Receipt }>;
  /** Known so far only from later events: their announcement has come now. */
  readonly completed: Map<string, Attempt & NewAttempt & { instrument: string }>;
  readonly sightings: Map<string, AttemptKey & { times: number; source: string }>;
}

/**
 * Takes attempts in: the one way, for requests and for events alike. The first receipt stores the attempt, fixes its
 * clocks and supersedes older attempts of the same client session; the same again is a sighting; the same id with
 * another identity is a conflict, which changes nothing.
 */
@Injectable()
export class ReceiveAttemptsHandler {
  constructor(
    private readonly attempts: AttemptRepository,
    private readonly ownDecisions: OwnDecisions,
    private readonly options: IntakeOptions,
  ) {}

  /**
   * @returns one result for each receipt, in order
   * @throws KnownError DATABASE_CONFLICT when another instance stored one of the attempts at the same moment
   */
  async receive(tx: EventTransaction, receipts: readonly Receipt[]): Promise<Received[]> {
    const sessions = receipts.map(({ announced }) => announced.identity);
    // Issued together, carried out in this order: what is read was committed before the lock was taken.
    const [, { now, attempts }] = await Promise.all([
      this.attempts.lockSessions(tx, sessions),
      this.attempts.findWithClock(tx, uniqueKeys(receipts)),
    ]);
    const plan = this.#plan(receipts, new Map(attempts.map((attempt) => [keyText(attempt), attempt])), now);
    const [, , superseded] = await Promise.all([
      this.#store(tx, plan),
      this.#recordSightings(tx, plan),
      this.#supersede(tx, plan, now),
    ]);
    return plan.results.map((result) => withNewest(result, superseded));
  }

  #plan(receipts: readonly Receipt[], known: Map<string, Attempt>, now: Date): Plan {
    const plan: Plan = { results: [], fresh: new Map(), completed: new Map(), sightings: new Map() };
    for (const receipt of receipts) {
      const { announced } = receipt;
      const text = keyText({ ...announced.identity, paymentAttemptId: announced.paymentAttemptId });
      const earlier = known.get(text);
      if (earlier === undefined) {
        const attempt = toNewAttempt(
          announced,
          announced.clocks ?? deriveClocks(now, shortenClocks(this.options.clocks, announced.decideByMs)),
        );
        known.set(text, attempt);
        plan.fresh.set(text, { attempt, receipt });
        plan.results.push({ kind: 'new', attempt });
        continue;
      }
      const fields = findConflicts(earlier, announced.identity);
      if (fields.length > 0) {
        plan.results.push({ kind: 'conflict', fields });
        continue;
      }
      plan.results.push({ kind: 'known', attempt: earlier });
      if (earlier.instrument === undefined) {
        const completed = { ...earlier, instrument: announced.identity.instrument, ...extrasOf(announced) };
        known.set(text, completed);
        plan.completed.set(text, completed);
      } else {
        const times = (plan.sightings.get(text)?.times ?? 0) + 1;
        plan.sightings.set(text, { ...keyOf(earlier), times, source: receipt.source });
      }
    }
    return plan;
  }

  async #recordSightings(tx: EventTransaction, { sightings }: Plan): Promise<void> {
    if (sightings.size > 0) {
      await this.attempts.recordSightings(tx, [...sightings.values()]);
    }
  }

  async #store(tx: EventTransaction, { fresh, completed }: Plan): Promise<void> {
    const completing = completed.size === 0 ? undefined : this.attempts.complete(tx, [...completed.values()]);
    const inserting =
      fresh.size === 0
        ? undefined
        : this.attempts.insert(
            tx,
            [...fresh.values()].map(({ attempt }) => attempt),
          );
    const [inserted = []] = await Promise.all([inserting, completing]);
    if (inserted.length !== fresh.size) {
      // Somebody stored one of them since we looked, under another client session. The next try sees it.
      throw new KnownError('DATABASE_CONFLICT', { detail: 'The attempt is being stored by somebody else' });
    }
    for (const { attempt, receipt } of fresh.values()) {
      if (receipt.announcement !== undefined) {
        tx.emit(toAnnouncement(attempt, receipt));
      }
    }
  }

  /** Older undecided attempts of the sessions that got a new one are aborted in the same transaction. */
  async #supersede(tx: EventTransaction, plan: Plan, now: Date): Promise<ReadonlyMap<string, Attempt>> {
    const newer = [...[...plan.fresh.values()].map(({ attempt }) => attempt), ...plan.completed.values()];
    if (newer.length === 0) {
      return new Map();
    }
    const older = await this.attempts.lockSuperseded(tx, newer);
    const { attempts } = await this.ownDecisions.record(
      tx,
      older.map(({ attempt, supersededBy }) => ({
        attempt,
        own: {
          decision: 'ABORT',
          source: 'merchant',
          reason: 'superseded',
          decidedAt: now,
          cause: 'superseded',
          supersededBy,
        },
      })),
    );
    return new Map(attempts.map((attempt) => [keyText(attempt), attempt]));
  }
}

function uniqueKeys(receipts: readonly Receipt[]): AttemptKey[] {
  const keys = receipts.map(({ announced }) => ({
    merchantId: announced.identity.merchantId,
    paymentAttemptId: announced.paymentAttemptId,
  }));
  return [...new Map(keys.map((key) => [keyText(key), key])).values()];
}

function keyOf({ merchantId, paymentAttemptId }: AttemptKey): AttemptKey {
  return { merchantId, paymentAttemptId };
}

function extrasOf({ analyticsId, customerId }: AnnouncedAttempt): { analyticsId?: string; customerId?: string } {
  return { ...(analyticsId === undefined ? {} : { analyticsId }), ...(customerId === undefined ? {} : { customerId }) };
}

function toNewAttempt(announced: AnnouncedAttempt, clocks: Attempt['clocks']): Attempt & NewAttempt {
  return {
    ...announced.identity,
    paymentAttemptId: announced.paymentAttemptId,
    ...extrasOf(announced),
    clocks,
    status: 'RECEIVED',
    facts: {},
    sightings: 0,
  };
}

function toAnnouncement(attempt: Attempt, { announcement, traceparent }: Receipt) {
  const { merchantId, paymentAttemptId, clocks } = attempt;
  return event({
    definition: AttemptTokenised,
    data: { ...announcement!, clocks },
    subject: paymentAttemptId,
    cause: { source: INTAKE_SOURCE, id: `attempt/${merchantId}/${paymentAttemptId}` },
    ...(traceparent === undefined ? {} : { traceparent }),
  });
}

/** An attempt that was superseded within its own batch is answered as such. */
function withNewest(result: Received, superseded: ReadonlyMap<string, Attempt>): Received {
  const newest = result.kind === 'conflict' ? undefined : superseded.get(keyText(result.attempt));
  return newest === undefined || result.kind === 'conflict'
    ? result
    : { kind: result.kind, attempt: { ...newest, status: statusOf(newest.facts) } };
}
