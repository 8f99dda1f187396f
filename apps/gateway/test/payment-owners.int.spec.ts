import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database, sql } from '@tollgate/persistence';
import { eventually, SAMPLE_MERCHANT, testDatabase } from '@tollgate/testing';
import type { PaymentSeeker } from '../src/actions/find-payment.policy.ts';
import { openCommand } from '../src/commands/incoming-command.policy.ts';
import { CommandRepository } from '../src/commands/command.repository.ts';
import type { Command } from '../src/commands/command.types.ts';
import { gatewayMigrations } from '../src/gateway.module.ts';
import { PaymentOwnerRepository } from '../src/payments/payment-owner.repository.ts';

const insertApprove = sql(
  'test-insert-approve',
  `INSERT INTO attempt_action
     (merchant_id, attempt_id, client_session_id, order_id, amount_minor, currency, analytics_id,
      received_at, decide_by, approve_by, expires_at, decision, decision_source, decision_reason, decided_at,
      state, step, fence, approve_calls, abort_calls, tries, not_found_tries, due_at)
   SELECT $1, $2::uuid, 's', $3, 4200, 'EUR', NULL, now(), now(), now(), now(), 'APPROVE', 'rules', 'r', now(),
          'UNKNOWN', 'approve', 1, 1, 0, 0, 0, now()`,
);

const readWaiting = sql(
  'test-read-waiting-locks',
  "SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
);

const { url, schema } = await testDatabase(import.meta.url);
let database: Database;
let owners: PaymentOwnerRepository;

beforeAll(async () => {
  database = await Database.open({
    service: 'gateway',
    databaseUrl: url,
    schema,
    migrations: gatewayMigrations,
  });
  owners = new PaymentOwnerRepository(database);
});

afterAll(() => database.close());

function seeker(ids: Partial<PaymentSeeker>): PaymentSeeker {
  return { merchantId: SAMPLE_MERCHANT, attemptId: null, commandId: null, ...ids };
}

/** A create of the order that may have arrived, or has ended with a payment. */
async function create(
  orderId: string,
  progress: Partial<Command>,
  { merchantId = SAMPLE_MERCHANT, untilCommit = async () => undefined as void } = {},
): Promise<string> {
  const commandId = randomUUID();
  const now = new Date();
  const command = openCommand(
    {
      merchantId,
      commandId,
      request: { kind: 'create', orderId, amountMinor: '4200', currency: 'EUR' },
      sealedToken: null,
      requestedAt: now,
      traceparent: null,
    },
    now,
  );
  const stored = { ...command, state: 'UNKNOWN' as const, calls: 1, firstCalledAt: now, ...progress };
  await database.transaction(async (tx) => {
    await new CommandRepository(database).takeIn(tx, [{ command: stored, digest: '00' }]);
    await untilCommit();
  });
  return commandId;
}

async function approve(orderId: string): Promise<string> {
  const attemptId = randomUUID();
  await database.query(insertApprove, [SAMPLE_MERCHANT, attemptId, orderId]);
  return attemptId;
}

describe('a payment', () => {
  it('that a command has created is no attempt’s and no other command’s', async () => {
    const paymentId = randomUUID();
    const commandId = await create(randomUUID(), {
      ...{ state: 'DONE', paymentId, reason: 'as-requested', concludedAt: new Date() },
    });
    for (const other of [seeker({ attemptId: randomUUID() }), seeker({ commandId: 'another' })]) {
      expect([...(await owners.findOwnedElsewhere(other, [paymentId]))]).toEqual([paymentId]);
    }
    expect((await owners.findOwnedElsewhere(seeker({ commandId }), [paymentId])).size).toBe(0);
  });

  it('may be that of an open create, or of an attempt whose approve may have arrived', async () => {
    const orderId = randomUUID();
    const [attemptId, commandId] = [await approve(orderId), await create(orderId, {})];
    expect(await owners.countRivals(seeker({ attemptId }), orderId, undefined)).toBe(1);
    expect(await owners.countRivals(seeker({ commandId }), orderId, 'instrument')).toBe(1);
    expect(await owners.countRivals(seeker({ commandId: 'another' }), orderId, undefined)).toBe(2);
  });

  it('is not that of a create that has not called yet, knows its payment, or is over', async () => {
    const orderId = randomUUID();
    await create(orderId, { state: 'AWAITING', calls: 0 });
    await create(orderId, { paymentId: 'known', arrived: true });
    await create(orderId, { state: 'REFUSED', reason: 'provider-refused', concludedAt: new Date() });
    expect(await owners.countRivals(seeker({ attemptId: randomUUID() }), orderId, undefined)).toBe(0);
  });
});

describe('a limit of commands an hour', () => {
  it('counts those that came in before one, also when their transactions end at the same time', async () => {
    const merchantId = 'merchant-of-crossing-creates';
    let commit = () => {};
    const committing = new Promise<void>((resolve) => (commit = resolve));
    let isTakenIn = () => {};
    const takenIn = new Promise<void>((resolve) => (isTakenIn = resolve));
    const untilCommit = () => {
      isTakenIn();
      return committing;
    };
    const first = create(randomUUID(), {}, { merchantId, untilCommit });
    await takenIn;
    const earlierThan = (commandId: string) =>
      new CommandRepository(database).countEarlierInHour({ merchantId, commandId });
    let earlier: number | undefined;
    const second = create(randomUUID(), {}, { merchantId }).then(async (id) => (earlier = await earlierThan(id)));
    await eventually(async () => {
      expect(earlier !== undefined || (await database.query(readWaiting)).length > 0).toBe(true);
    });
    commit();
    await second;
    expect([await earlierThan(await first), earlier]).toEqual([0, 1]);
  });
});
