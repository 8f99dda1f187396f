import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Database, type MerchantDirectory, sql, type Transaction } from '@tollgate/persistence';
import { Metrics } from '@tollgate/platform';
import { paymentSnapshotSample, SAMPLE_MERCHANT, testDatabase } from '@tollgate/testing';
import fc from 'fast-check';
import { ActionRepository, toActionKeyText } from '../src/actions/action.repository.ts';
import { type ActionRow, toAction } from '../src/actions/action.store.ts';
import type { Action, ActionSettings } from '../src/actions/action.types.ts';
import { conclude } from '../src/actions/settle-step.policy.ts';
import { openAction, type Started, startStep } from '../src/actions/start-step.policy.ts';
import { CreateAttemptAction1765000000000 } from '../src/migrations/create-attempt-action.migration.ts';
import { CreateClientSession1765000000005 } from '../src/migrations/create-client-session.migration.ts';
import { CreateIncident1765000000001 } from '../src/migrations/create-incident.migration.ts';
import { CreateOrderClaim1765000000002 } from '../src/migrations/create-order-claim.migration.ts';
import { ClientSessionRepository } from '../src/sessions/client-session.repository.ts';
import { OrderClaimRepository } from '../src/orders/order-claim.repository.ts';
import { ApproveAdmission } from '../src/orders/approve-admission.service.ts';
import { PaymentSightingRepository } from '../src/payments/payment-sighting.repository.ts';

const LEASE_MS = 60_000;
const settings: ActionSettings = {
  retryPauseMs: 1,
  retryPauseMsMax: 1,
  notFoundPauseMs: 1,
  noneCountsAfterMs: 1_000,
  unknownTooLongMs: 60_000,
  silentExpiryMs: 3_600_000,
  keyPauseMs: 1,
};

const readLeased = sql(
  'test-read-leased-action',
  'SELECT * FROM attempt_action WHERE attempt_id = $1::uuid AND lease_until IS NOT NULL',
);
/** Orders that two attempts may be paid for. */
const readDoublyPaid = sql(
  'test-read-doubly-paid',
  `SELECT order_id, array_agg(state) AS states FROM attempt_action AS action
   WHERE order_id = ANY ($1::text[]) AND approve_calls > 0 AND state IN ('CALLING', 'UNKNOWN', 'APPROVED')
     AND NOT EXISTS (SELECT FROM payment_sighting AS payment
                     WHERE payment.payment_id = action.payment_id AND payment.unpaid_as_of IS NOT NULL)
   GROUP BY order_id HAVING count(*) > 1`,
);

const { url, schema } = await testDatabase(import.meta.url);
let database: Database;
let gate: Gate;

beforeAll(async () => {
  database = await Database.open({
    service: 'gateway',
    databaseUrl: url,
    schema,
    poolSize: 8,
    migrations: [
      CreateAttemptAction1765000000000,
      CreateIncident1765000000001,
      CreateOrderClaim1765000000002,
      CreateClientSession1765000000005,
    ],
  });
  gate = new Gate(database);
});

afterAll(() => database.close());

/** What several instances do to the rows of one order, as their handlers do it, without topics and calls. */
class Gate {
  readonly actions: ActionRepository;
  readonly sightings = new PaymentSightingRepository();
  readonly orders: ApproveAdmission;

  constructor(private readonly connected: Database) {
    const merchants = { find: async () => undefined } as unknown as MerchantDirectory;
    this.actions = new ActionRepository(connected);
    this.orders = new ApproveAdmission(
      new OrderClaimRepository(),
      new ClientSessionRepository(connected),
      merchants,
      new Metrics('gateway'),
    );
  }

  /** Decisions arrive in one batch; `wait` leaves them in the table, as a full lane does. */
  async decide(opened: readonly Action[], wait: boolean): Promise<void> {
    const now = new Date();
    const started = opened.map((action): Started =>
      wait ? { action, step: null, announce: null } : startStep(action, now, settings, false),
    );
    await this.connected.transaction(async (tx) => {
      const rows = await this.actions.claim(
        tx,
        started.map(({ action }) => action),
        { leaseMs: LEASE_MS, mayPayTwice: [] },
      );
      const written = started.flatMap((one) => {
        const row = rows.get(toActionKeyText(one.action));
        return row === undefined ? [] : [{ started: one, ...row }];
      });
      await this.#hold(
        tx,
        await this.orders.contest(
          tx,
          written.filter(({ hasOrder }) => !hasOrder),
        ),
      );
    });
  }

  /** What is due is leased. */
  async lease(): Promise<void> {
    await this.connected.transaction(async (tx) => {
      const due = await this.actions.lockDue(tx, { count: 3, heldBackMerchants: [], silentExpiryMs: 3_600_000 });
      const started = due.map(({ action }) => startStep(action, new Date(), settings, false));
      await this.#hold(tx, await this.orders.admit(tx, started));
    });
  }

  /** What is under way comes to something: nothing was sent, not known, paid, declined, or over without a payment. */
  async answer(attemptId: string, answer: 'retry' | 'unknown' | 'paid' | 'declined' | 'over'): Promise<void> {
    const [row] = await database.query<ActionRow>(readLeased, [attemptId]);
    if (row === undefined) return;
    const paymentId = `pay-${attemptId}`;
    await this.connected.transaction(async (tx) => {
      const next = answerOf(toAction(row), answer, new Date(), paymentId);
      await this.actions.recordResults(tx, [next]);
      await this.orders.noteUnwanted(tx, [next]);
      if (answer === 'declined' && next.paymentId !== null) {
        const report = {
          merchantId: SAMPLE_MERCHANT,
          snapshot: paymentSnapshotSample({ paymentId, status: 'DECLINED' }),
        };
        await this.sightings.insert(tx, [report]);
        await this.sightings.noteUnpaid(tx, [report]);
      }
    });
  }

  async #hold(tx: Transaction, started: readonly Started[]): Promise<void> {
    if (started.length > 0)
      await this.actions.hold(
        tx,
        started.map(({ action }) => action),
        LEASE_MS,
      );
  }
}

function answerOf(held: Action, answer: string, now: Date, paymentId: string): Action {
  const approves = held.step === 'approve';
  if (answer === 'over') return conclude(held, 'REJECTED', 'not-approvable', now);
  if (answer === 'unknown') return { ...held, state: 'UNKNOWN', unknownSince: now, dueAt: now };
  if (answer === 'retry' || !approves) {
    const calls = { approveCalls: 0, abortCalls: 0 };
    return held.state === 'UNKNOWN' ? held : { ...held, ...calls, state: 'AWAITING', dueAt: now };
  }
  return { ...conclude(held, 'APPROVED', 'as-decided', now), paymentId };
}

function open(orderId: string): Action {
  const at = (offsetMs: number) => new Date(Date.now() + offsetMs);
  return openAction(
    {
      merchantId: SAMPLE_MERCHANT,
      attemptId: randomUUID(),
      clientSessionId: 'session',
      order: { orderId, amountMinor: '4200', currency: 'EUR' },
      analyticsId: null,
      clocks: { receivedAt: at(0), decideBy: at(60_000), approveBy: at(70_000), expiresAt: at(900_000) },
      decision: { decision: 'APPROVE', source: 'rules', reason: 'no-rule-matched', decidedAt: at(0) },
      supersededBy: null,
      traceparent: null,
    },
    at(0),
  );
}

const ORDERS = 3;
const deed = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('decide' as const),
      orders: fc.array(fc.nat(ORDERS - 1), { minLength: 1, maxLength: 4 }),
      wait: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('lease' as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('answer' as const),
      nth: fc.nat(20),
      answer: fc.constantFrom(
        'retry' as const,
        'unknown' as const,
        'paid' as const,
        'declined' as const,
        'over' as const,
      ),
    }),
  },
);

// A deadlock would fail a transaction here: the claims are locked in one order.
it('at most one attempt of an order may be paid, whatever several instances do to its rows at the same time', async () => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(deed, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 8 }),
      async (rounds) => {
        run += 1;
        const orders = Array.from({ length: ORDERS }, (_, nth) => `order-${run}-${nth}`);
        const attempts: string[] = [];
        for (const round of rounds) {
          await Promise.all(
            round.map(async (one) => {
              if (one.kind === 'lease') return gate.lease();
              if (one.kind === 'answer') {
                const attemptId = attempts[one.nth % Math.max(1, attempts.length)];
                return attemptId === undefined ? undefined : gate.answer(attemptId, one.answer);
              }
              const opened = one.orders.map((nth) => open(orders[nth]!));
              attempts.push(...opened.map(({ attemptId }) => attemptId));
              return gate.decide(opened, one.wait);
            }),
          );
          expect(await database.query(readDoublyPaid, [orders])).toEqual([]);
        }
      },
    ),
    { numRuns: 60, endOnFailure: true },
  );
}, 60_000);
