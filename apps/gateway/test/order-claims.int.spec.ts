import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Database, sql } from '@tollgate/persistence';
import { paymentSnapshotSample, SAMPLE_MERCHANT, testDatabase } from '@tollgate/testing';
import fc from 'fast-check';
import { gatewayMigrations } from '../src/gateway.module.ts';
import { OrderClaimRepository, type OrderClaimant } from '../src/orders/order-claim.repository.ts';
import { openApprove, OrderGate } from './order-gate.ts';

const readState = sql('test-read-state', 'SELECT state, step FROM attempt_action WHERE attempt_id = $1::uuid');
const readUnpaid = sql(
  'test-read-unpaid',
  'SELECT unpaid_as_of IS NOT NULL AS unpaid FROM payment_sighting WHERE payment_id = $1',
);
/** Orders that two attempts or creates may be paid for. */
const readDoublyPaid = sql(
  'test-read-doubly-paid',
  `WITH charge AS (
     SELECT order_id, payment_id, state FROM attempt_action
     WHERE approve_calls > 0 AND state IN ('CALLING', 'UNKNOWN', 'APPROVED')
     UNION ALL
     SELECT request ->> 'orderId', payment_id, state FROM payment_command
     WHERE calls > 0 AND state IN ('CALLING', 'UNKNOWN', 'DONE')
   )
   SELECT order_id, array_agg(state) AS states FROM charge
   WHERE order_id = ANY ($1::text[])
     AND NOT EXISTS (SELECT FROM payment_sighting AS payment
                     WHERE payment.payment_id = charge.payment_id AND payment.unpaid_as_of IS NOT NULL)
   GROUP BY order_id HAVING count(*) > 1`,
);

const { url, schema } = await testDatabase(import.meta.url);
let database: Database;
let gate: OrderGate;

beforeAll(async () => {
  database = await Database.open({
    service: 'gateway',
    databaseUrl: url,
    schema,
    poolSize: 8,
    migrations: gatewayMigrations,
  });
  gate = new OrderGate(database);
});

afterAll(() => database.close());

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
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('create' as const), order: fc.nat(ORDERS - 1) }) },
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
it('at most one attempt or create of an order may be paid, whatever several instances do to its rows at the same time', async () => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(deed, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 8 }),
      async (rounds) => {
        run += 1;
        const orders = Array.from({ length: ORDERS }, (_, nth) => `order-${run}-${nth}`);
        const attempts: string[] = [];
        const creates: string[] = [];
        for (const round of rounds) {
          await Promise.all(
            round.map(async (one) => {
              if (one.kind === 'lease') return gate.lease();
              if (one.kind === 'create') {
                creates.push((await gate.create(orders[one.order]!)).commandId);
                return;
              }
              if (one.kind === 'answer') {
                const nth = one.nth % Math.max(1, attempts.length + creates.length);
                const [attemptId, commandId] = [attempts[nth], creates[nth - attempts.length]];
                await (attemptId === undefined ? undefined : gate.answer(attemptId, one.answer));
                await (commandId === undefined ? undefined : gate.answerCreate(commandId, one.answer));
                return;
              }
              const opened = one.orders.map((nth) => openApprove(orders[nth]!));
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

/** The state of an approve of the order that is decided now. */
async function approve(orderId: string): Promise<{ attemptId: string; step: string }> {
  const action = openApprove(orderId);
  await gate.decide([action], false);
  const [row] = await database.query<{ step: string }>(readState, [action.attemptId]);
  return { attemptId: action.attemptId, step: row?.step ?? '' };
}

it('an order that a command has been charged for is not approved, until its payment was declined', async () => {
  const { commandId, begins } = await gate.create('order-of-a-create');
  expect(begins).toBe(true);
  expect((await approve('order-of-a-create')).step).toBe('abort');
  await gate.answerCreate(commandId, 'declined');
  expect((await approve('order-of-a-create')).step).toBe('approve');
});

it('an order that is approved, or may be, is not charged by a command as well', async () => {
  const { attemptId } = await approve('order-of-an-approve');
  expect((await gate.create('order-of-an-approve')).begins).toBe(false);
  await gate.answer(attemptId, 'paid');
  expect((await gate.create('order-of-an-approve')).begins).toBe(false);
});

it('an order is not free because another merchant has an attempt of the same id as the one that may have paid it', async () => {
  const { attemptId } = await approve('order-of-two-merchants');
  const second = openApprove('order-of-two-merchants');
  const namesake = { ...openApprove('order-of-another'), merchantId: 'another-merchant', attemptId };
  const claims = new OrderClaimRepository();
  const takeOver = (...claimants: OrderClaimant[]) => database.transaction((tx) => claims.takeOver(tx, claimants));
  expect([...(await takeOver(second, namesake))]).toEqual([]);
  await gate.answer(attemptId, 'over');
  expect((await takeOver(second, namesake)).size).toBe(1);
});

it('an order is charged by one command of two that come at the same time', async () => {
  const creates = await Promise.all([1, 2, 3, 4].map(() => gate.create('order-of-creates')));
  expect(creates.filter(({ begins }) => begins)).toHaveLength(1);
});

it('an order that was paid while its merchant let orders be paid twice is not approved once it does not', async () => {
  const [first, second] = [openApprove('order-paid-unclaimed'), openApprove('order-paid-unclaimed')];
  await gate.decide([first], false, [SAMPLE_MERCHANT]);
  await gate.answer(first.attemptId, 'paid');
  expect((await approve('order-paid-unclaimed')).step).toBe('abort');
  await gate.decide([second], false, [SAMPLE_MERCHANT]);
  await gate.answer(second.attemptId, 'declined');
  expect((await approve('order-paid-unclaimed')).step).toBe('abort');
});

const reportAt = (status: string, minute: number | undefined) => ({
  merchantId: SAMPLE_MERCHANT,
  snapshot: {
    ...paymentSnapshotSample({ paymentId: 'pay', status }),
    dateUpdated: minute === undefined ? undefined : `2026-01-05T10:0${minute}:00.000000`,
  },
});
const [authorised, cancelled, settling] = [
  reportAt('AUTHORIZED', 1),
  reportAt('CANCELLED', 2),
  reportAt('SETTLING', 3),
] as const;

it.each([
  ['paid', [authorised, settling, cancelled]],
  ['paid', [cancelled, settling, authorised]],
  ['paid', [settling, cancelled, reportAt('CANCELLED', undefined)]],
  ['unpaid', [authorised, cancelled]],
  ['unpaid', [cancelled, authorised]],
  ['unpaid', [reportAt('AUTHORIZED', 2), cancelled]],
  ['unpaid', [cancelled, reportAt('AUTHORIZED', 2)]],
])('a payment is %s by its newest report, however the reports come', async (paid, reports) => {
  const one = (paymentId: string) => (report: (typeof reports)[number]) => ({
    ...report,
    snapshot: { ...report.snapshot, paymentId },
  });
  const [apart, together] = [randomUUID(), randomUUID()];
  for (const report of reports) {
    await database.transaction((tx) => gate.sightings.note(tx, [one(apart)(report)]));
  }
  await database.transaction((tx) => gate.sightings.note(tx, reports.map(one(together))));
  for (const paymentId of [apart, together]) {
    const [row] = await database.query<{ unpaid: boolean }>(readUnpaid, [paymentId]);
    expect(row?.unpaid).toBe(paid === 'unpaid');
  }
});

it('while no call of a merchant gets through, what its calls came to is still looked for once a payment is reported', async () => {
  const orderId = 'order-of-an-open-circuit';
  const { attemptId } = await approve(orderId);
  await gate.answer(attemptId, 'unknown');
  const isDue = (noCallsOf: string[], noSearchesOf: string[]) =>
    database.transaction(async (tx) => {
      const limits = { count: 10_000, noCallsOf, noSearchesOf, silentExpiryMs: 3_600_000 };
      const due = await gate.actions.lockDue(tx, limits);
      return due.some(({ action }) => action.attemptId === attemptId);
    });
  expect([await isDue([], []), await isDue([SAMPLE_MERCHANT], [])]).toEqual([true, false]);
  const snapshot = paymentSnapshotSample({ paymentId: randomUUID(), orderId });
  await database.transaction((tx) => gate.sightings.note(tx, [{ merchantId: SAMPLE_MERCHANT, snapshot }]));
  expect([await isDue([SAMPLE_MERCHANT], []), await isDue([SAMPLE_MERCHANT], [SAMPLE_MERCHANT])]).toEqual([
    true,
    false,
  ]);
});
