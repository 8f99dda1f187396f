import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, testDatabase, testTopicPrefix } from '@tollgate/testing';
import { LedgerService, positionOf, prepareLedger, providerPayment } from './ledger-service.ts';
import { PrimerStandIn } from './primer-stand-in.ts';

const topics = testTopicPrefix(import.meta.url);
const database = await testDatabase(import.meta.url);
const primer = new PrimerStandIn();
const schema = `${database.schema}_ledger`;
let ledgers: LedgerService[] = [];
const ledger = () => ledgers[0]!;

beforeAll(async () => {
  const environment = {
    ...(await prepareLedger(database, topics, await primer.listen())),
    SWEEP_EARLY_READS_MS: '300,600',
    SWEEP_OPEN_EVERY_MS: '700',
    SWEEP_REFUNDABLE_EVERY_MS: '900',
    SWEEP_LIST_EVERY_MS: '300',
  };
  ledgers = [await LedgerService.start(environment)];
  ledgers.push(await LedgerService.start(environment));
});

afterAll(async () => {
  await Promise.all(ledgers.map(({ app }) => app.close()));
  await primer.close();
});

beforeEach(() => {
  primer.isAway = false;
});

const readsOf = (paymentId: string) => primer.reads.filter((read) => read === paymentId).length;
const nextReadOf = async (paymentId: string) => {
  const rows = await database.query<{ next_read_at: Date | null; lease_id: string | null }>(
    `SELECT next_read_at, lease_id FROM ${schema}.read_backs WHERE payment_id = $1`,
    [paymentId],
  );
  return rows[0];
};

describe('the sweeper', () => {
  it('finds a payment that no webhook told of, in the list', async () => {
    const payment = providerPayment();
    primer.payments.set(payment.id, payment);
    const booked = await ledger().payment(payment.id, 'AUTHORIZED');
    expect(booked.evidence).toMatchObject([{ origin: 'read', reportedAs: 'READ' }]);
  });

  it('finds the status whose webhook was dropped, by reading the payment again', async () => {
    const payment = providerPayment();
    primer.unlisted.add(payment.id);
    primer.payments.set(payment.id, payment);
    await ledger().report(payment);
    await ledger().payment(payment.id, 'AUTHORIZED');
    primer.payments.set(payment.id, {
      ...payment,
      status: 'SETTLED',
      dateUpdated: '2026-03-02T10:00:00',
      processor: { name: 'STRIPE', amountCaptured: 4200, amountRefunded: 0 },
    });
    const booked = await ledger().payment(payment.id, 'SETTLED');
    expect(positionOf(booked)).toEqual(['processor:STRIPE:settled posted 4200', 'sales:clearing posted -4200']);
  });

  it('finds a status of a listed payment that changed before any read of it was due', async () => {
    const payment = providerPayment({ status: 'DECLINED' });
    primer.payments.set(payment.id, payment);
    await ledger().payment(payment.id, 'DECLINED');
    primer.payments.set(payment.id, { ...payment, status: 'FAILED', dateUpdated: '2026-03-02T10:00:00' });
    expect((await ledger().payment(payment.id, 'FAILED')).position).toEqual([]);
  });

  it('stops reading a payment from which nothing more can come', async () => {
    const payment = providerPayment({ status: 'DECLINED' });
    primer.unlisted.add(payment.id);
    primer.payments.set(payment.id, payment);
    await ledger().report(payment);
    await eventually(async () => expect(await nextReadOf(payment.id)).toEqual({ next_read_at: null, lease_id: null }));
    expect(readsOf(payment.id)).toBeGreaterThan(0);
  });

  it('goes on reading a payment that can still be refunded', async () => {
    // Refunds are possible for months after the last news; this payment's is of today.
    const dateUpdated = new Date().toISOString().replace('Z', '000');
    const processor = { name: 'STRIPE', amountCaptured: 4200, amountRefunded: 0 };
    const payment = providerPayment({ status: 'SETTLED', dateUpdated, processor });
    primer.unlisted.add(payment.id);
    primer.payments.set(payment.id, payment);
    await ledger().report(payment);
    await eventually(() => expect(readsOf(payment.id)).toBeGreaterThan(3));
  });

  it('keeps a read that says nothing new as a line without a body, and tells nobody', async () => {
    const payment = providerPayment();
    primer.unlisted.add(payment.id);
    primer.payments.set(payment.id, payment);
    await ledger().report(payment);
    const reads = await eventually(async () => {
      const rows = await database.query<{ verdict: string; body: Buffer | null }>(
        `SELECT verdict, body FROM ${schema}.deliveries WHERE payment_id = $1 AND origin = 'read'`,
        [payment.id],
      );
      expect(rows.length).toBeGreaterThan(1);
      return rows;
    });
    expect(new Set(reads.map((read) => read.verdict))).toEqual(new Set(['UNCHANGED']));
    expect(reads.every((read) => read.body === null)).toBe(true);
    expect((await ledger().payment(payment.id)).evidence).toHaveLength(1);
  });

  it('waits while Primer is away and catches up when it is back', async () => {
    const payment = providerPayment();
    primer.isAway = true;
    await ledger().report({ ...payment, dateUpdated: '2026-02-01T00:00:00' });
    await eventually(async () => {
      const rows = await database.query(`SELECT FROM ${schema}.read_backs WHERE payment_id = $1 AND failed_tries > 0`, [
        payment.id,
      ]);
      expect(rows).toHaveLength(1);
    });
    primer.payments.set(payment.id, { ...payment, status: 'CANCELLED' });
    primer.isAway = false;
    await ledger().payment(payment.id, 'CANCELLED');
  });

  it.each([400, 404, 422])(
    'asks again later for a payment that Primer answers %i about, and goes on',
    async (status) => {
      const strange = providerPayment();
      const other = providerPayment();
      primer.refused.set(strange.id, status);
      primer.unlisted.add(other.id);
      primer.payments.set(other.id, { ...other, status: 'CANCELLED' });
      await ledger().report({ ...strange, dateUpdated: undefined });
      await ledger().report({ ...other, dateUpdated: '2026-02-01T00:00:00' });
      await ledger().payment(other.id, 'CANCELLED');
      await eventually(() => expect(readsOf(strange.id)).toBeGreaterThan(1));
      const rows = await database.query<{ failed_tries: number }>(
        `SELECT failed_tries FROM ${schema}.read_backs WHERE payment_id = $1`,
        [strange.id],
      );
      expect(rows).toEqual([{ failed_tries: 0 }]);
    },
  );

  it('reads the payments beside one that cannot be asked for, and asks for that one ever more rarely', async () => {
    const payment = providerPayment();
    primer.unlisted.add(payment.id);
    primer.payments.set(payment.id, payment);
    await database.query(
      `INSERT INTO ${schema}.read_backs (merchant_id, payment_id, next_read_at)
       VALUES ('merchant-sample', '..', now()), ('merchant-sample', $1, now())`,
      [payment.id],
    );
    expect((await ledger().payment(payment.id, 'AUTHORIZED')).evidence).toMatchObject([{ origin: 'read' }]);
    await eventually(async () => {
      const rows = await database.query<{ failed_tries: number }>(
        `SELECT failed_tries FROM ${schema}.read_backs WHERE payment_id = '..'`,
      );
      expect(rows[0]!.failed_tries).toBeGreaterThan(1);
    });
  });

  it('takes over what a dead instance was reading, once its lease is over', async () => {
    const payment = providerPayment();
    primer.unlisted.add(payment.id);
    primer.payments.set(payment.id, payment);
    await database.query(
      `INSERT INTO ${schema}.read_backs (merchant_id, payment_id, next_read_at, lease_id, lease_until)
       VALUES ('merchant-sample', $1, now() + interval '1 second', gen_random_uuid(), now() + interval '1 second')`,
      [payment.id],
    );
    expect((await ledger().payment(payment.id, 'AUTHORIZED')).evidence).toMatchObject([{ origin: 'read' }]);
  });
});
