import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Database, upsertMerchant } from '@tollgate/persistence';
import { eventually, SAMPLE_MERCHANT, testDatabase, testTopicPrefix } from '@tollgate/testing';
import { randomUUID } from 'node:crypto';

import { readLedgerConfig, toSweepSettings } from '../src/ledger.config.ts';
import { ReadBackRepository } from '../src/sweeping/read-back.repository.ts';
import { LedgerService, positionOf, prepareLedger, providerPayment } from './ledger-service.ts';
import { PrimerStandIn } from './primer-stand-in.ts';

/** Another merchant of the same ledger. Somebody has written settings for it that nobody can read. */
const OTHER_MERCHANT = 'merchant-with-odd-settings';

const topics = testTopicPrefix(import.meta.url);
const database = await testDatabase(import.meta.url);
const primer = new PrimerStandIn();
const schema = `${database.schema}_ledger`;
let environment: Record<string, string> = {};
let ledgers: LedgerService[] = [];
const ledger = () => ledgers[0]!;

beforeAll(async () => {
  environment = {
    ...(await prepareLedger(database, topics, await primer.listen())),
    SWEEP_EARLY_READS_MS: '300,600',
    SWEEP_OPEN_EVERY_MS: '700',
    SWEEP_REFUNDABLE_EVERY_MS: '900',
    SWEEP_LIST_EVERY_MS: '300',
  };
  await upsertMerchant({
    adminUrl: database.url,
    masterKey: environment['TOLLGATE_MASTER_KEY'] ?? '',
    merchantsSchema: environment['MERCHANTS_SCHEMA'] ?? '',
    merchant: { merchantId: OTHER_MERCHANT, intakeApiKey: 'k', primerApiKey: 'other-key', webhookSecret: 's' },
  });
  await database.query(
    `UPDATE ${environment['MERCHANTS_SCHEMA']}.merchants SET settings = '{"ordersMayPayTwice":7}' WHERE merchant_id = $1`,
    [OTHER_MERCHANT],
  );
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
/** Tried until it succeeds: the sweeper writes the same rows meanwhile, in another order. */
const forgetReads = (prefix: string) =>
  eventually(() => database.query(`DELETE FROM ${schema}.read_backs WHERE payment_id LIKE $1`, [`${prefix}%`]));
/** Reads that are due at once, of payments with these ids. */
const makeDue = (merchantId: string, paymentIds: readonly string[]) =>
  database.query(
    `INSERT INTO ${schema}.read_backs (merchant_id, payment_id, next_read_at)
     SELECT $1, payment_id, now() - interval '1 hour' FROM unnest($2::text[]) AS due (payment_id)`,
    [merchantId, paymentIds],
  );
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

  it('reads on while answers hang, of one merchant and of others', async () => {
    const hangingIds = Array.from({ length: 80 }, (_, place) => `hanging-${place}`);
    hangingIds.forEach((paymentId) => primer.hanging.add(paymentId));
    await makeDue(OTHER_MERCHANT, hangingIds.slice(2));
    await makeDue(SAMPLE_MERCHANT, hangingIds.slice(0, 2));
    await eventually(() => expect(primer.hangingNow).toBeGreaterThan(10));
    const payments = Array.from({ length: 40 }, () => providerPayment());
    for (const payment of payments) {
      primer.unlisted.add(payment.id);
      primer.payments.set(payment.id, payment);
    }
    await makeDue(
      SAMPLE_MERCHANT,
      payments.map((payment) => payment.id),
    );
    await eventually(() => expect(payments.filter(({ id }) => readsOf(id) === 0)).toEqual([]));
    expect(primer.hangingNow).toBeGreaterThan(0);
    primer.hanging.clear();
    await forgetReads('hanging-');
  });

  it('reads what cannot wait before all that is waiting', async () => {
    const backlog = Array.from({ length: 4_000 }, (_, place) => `backlog-${place}`);
    await makeDue(SAMPLE_MERCHANT, backlog);
    const payment = providerPayment();
    primer.unlisted.add(payment.id);
    primer.payments.set(payment.id, { ...payment, status: 'CANCELLED' });
    await ledger().report(payment, { signedAt: '1' });
    await eventually(() => expect(readsOf(payment.id)).toBeGreaterThan(0));
    const read = new Set(primer.reads);
    expect(backlog.every((paymentId) => read.has(paymentId))).toBe(false);
    await forgetReads('backlog-');
  });

  it('reads again what was asked for while it was being read', async () => {
    const settings = toSweepSettings(readLedgerConfig({ ...environment, SWEEP_EARLY_READS_MS: '3600000' }));
    const readBacks = new ReadBackRepository(settings);
    const books = ledger().app.get(Database, { strict: false });
    const key = { merchantId: 'a-merchant-that-nobody-sweeps', paymentId: 'p1' };
    await makeDue(key.merchantId, [key.paymentId]);
    const [claim] = await books.transaction((tx) =>
      readBacks.claim(tx, randomUUID(), new Map([[key.merchantId, 1]]), 1),
    );
    await books.transaction((tx) => readBacks.request(tx, [{ ...key, isUrgent: false }]));
    await books.transaction((tx) => readBacks.finish(tx, [{ claim: claim!, nextReadAt: undefined, hasFailed: false }]));
    expect((await nextReadOf(key.paymentId))?.next_read_at).toBeInstanceOf(Date);
  });

  it('books a payment whose texts no database stores, and those beside it', async () => {
    const payments = ['A\u0000B', 'STRIPE'].map((name) =>
      providerPayment({ processor: { name, amountCaptured: 0, amountRefunded: 0 } }),
    );
    for (const payment of payments) primer.payments.set(payment.id, payment);
    const booked = await Promise.all(payments.map(({ id }) => ledger().payment(id, 'AUTHORIZED')));
    expect(booked.map(({ evidence }) => evidence.length)).toEqual([1, 1]);
  });

  it('goes through a list with entries that are no payments, and with pages too large to take', async () => {
    const [unreadable, payment] = [providerPayment(), providerPayment()];
    primer.strangeEntries = ['none', { id: unreadable.id }, { ...unreadable, id: 7, metadata: 'x'.repeat(700_000) }];
    primer.unlisted.add(unreadable.id);
    primer.payments.set(unreadable.id, unreadable);
    primer.payments.set(payment.id, { ...payment, metadata: 'x'.repeat(700_000) });
    const booked = await Promise.all([unreadable, payment].map(({ id }) => ledger().payment(id, 'AUTHORIZED')));
    expect(booked.flatMap(({ evidence }) => evidence)).toMatchObject([{ origin: 'read' }, { origin: 'read' }]);
    primer.payments.delete(payment.id);
    primer.strangeEntries = [];
  });

  it('finds a payment that the list shows but once, when the news of it is a moment old', async () => {
    const dateUpdated = new Date().toISOString().replace('Z', '000');
    const payment = providerPayment({ dateUpdated });
    primer.listedOnce.add(payment.id);
    primer.payments.set(payment.id, payment);
    expect((await ledger().payment(payment.id, 'AUTHORIZED')).evidence).toMatchObject([{ origin: 'read' }]);
  });
});
