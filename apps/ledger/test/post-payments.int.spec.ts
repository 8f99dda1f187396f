import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  AttemptConcluded,
  deadLetterTopicName,
  journalAnswer,
  PaymentStatusReported,
  type PaymentSnapshot,
} from '@tollgate/contracts';
import {
  concludedAttempt,
  eventually,
  foreignRecord,
  paymentSnapshotSample,
  reportedPaymentStatus,
  sampleId,
  testDatabase,
  testRecords,
  testTopicPrefix,
  tokenisedAttempt,
} from '@tollgate/testing';
import {
  LedgerService,
  outcomesTopic,
  positionOf,
  prepareLedger,
  providerPayment,
  reportsTopic,
} from './ledger-service.ts';
import { PrimerStandIn } from './primer-stand-in.ts';

const topics = testTopicPrefix(import.meta.url);
const database = await testDatabase(import.meta.url);
const records = await testRecords(topics);
const primer = new PrimerStandIn();
const schema = `${database.schema}_ledger`;
/** Two instances, so that batches of one payment meet in the database. */
let ledgers: LedgerService[] = [];
const ledger = () => ledgers[0]!;

beforeAll(async () => {
  const environment = await prepareLedger(database, topics, await primer.listen());
  ledgers = [await LedgerService.start(environment)];
  ledgers.push(await LedgerService.start(environment));
});

afterAll(async () => {
  await Promise.all(ledgers.map(({ app }) => app.close()));
  await primer.close();
});

const publish = (...snapshots: PaymentSnapshot[]) =>
  records.send(
    reportsTopic(topics),
    ...snapshots.map((each) => foreignRecord(PaymentStatusReported, reportedPaymentStatus(each))),
  );

/** The life of one payment, as told in four webhooks. */
function lifeOf(paymentId: string): PaymentSnapshot[] {
  const at = (second: number, parts: Partial<PaymentSnapshot>) =>
    paymentSnapshotSample({
      paymentId,
      dateUpdated: `2026-03-01T10:00:0${second}.000001Z`,
      processorName: 'ADYEN',
      ...parts,
    });
  return [
    at(0, { status: 'PENDING' }),
    at(1, { status: 'AUTHORIZED', amountMinor: '4200', amountCapturedMinor: '0' }),
    at(2, { status: 'PARTIALLY_SETTLED', amountMinor: '4200', amountCapturedMinor: '1000' }),
    at(3, { status: 'SETTLED', amountMinor: '4200', amountCapturedMinor: '4200' }),
  ];
}

/** Balances of one payment as of each moment of its life, by the journal. */
async function balancesOverTime(paymentId: string): Promise<string[]> {
  const { data } = journalAnswer.parse((await ledger().get(`/v1/journal?paymentId=${paymentId}&limit=200`)).body);
  const moments = [...new Set(data.map((entry) => entry.effectiveAt))].toSorted();
  return moments.map((moment) => {
    const sums = new Map<string, bigint>();
    for (const entry of data.filter((each) => each.effectiveAt <= moment)) {
      for (const { account, layer, amount } of entry.postings) {
        const key = `${account} ${layer}`;
        sums.set(key, (sums.get(key) ?? 0n) + BigInt(amount.amountMinor));
      }
    }
    const lines = [...sums].filter(([, sum]) => sum !== 0n).map(([key, sum]) => `${key} ${sum}`);
    return `${moment}: ${lines.toSorted().join(', ')}`;
  });
}

describe('the evidence of a payment', () => {
  it('ends in the same balances, as of every moment, whatever the order and repetition of its delivery', async () => {
    const orders = [
      [0, 1, 2, 3],
      [3, 2, 1, 0],
      [2, 2, 0, 3, 1, 1],
      [1, 3, 3, 3, 0, 2, 0],
    ];
    const ids = orders.map(() => sampleId('payment'));
    for (const [number, order] of orders.entries()) {
      const life = lifeOf(ids[number]!);
      // One record at a time: each is another batch.
      for (const index of order) await publish(life[index]!);
    }
    await eventually(
      async () => {
        for (const id of ids) expect((await ledger().payment(id)).evidence).toHaveLength(4);
      },
      { timeoutMs: 20_000 },
    );
    const [straight, ...others] = await Promise.all(ids.map(balancesOverTime));
    expect(straight).toEqual([
      '2026-03-01T10:00:01.000001Z: processor:ADYEN:captured pending 4200, sales:clearing pending -4200',
      '2026-03-01T10:00:02.000001Z: processor:ADYEN:captured pending 3200, processor:ADYEN:captured posted 1000, sales:clearing pending -3200, sales:clearing posted -1000',
      '2026-03-01T10:00:03.000001Z: processor:ADYEN:settled posted 4200, sales:clearing posted -4200',
    ]);
    for (const other of others) expect(other).toEqual(straight);
    expect(await ledger().trialBalance()).toMatchObject({ balanced: true, cacheAgrees: true, differences: [] });
  });

  it('is booked once by two posters that get it at the same time, many payments in opposite orders', async () => {
    const ids = Array.from({ length: 40 }, () => sampleId('payment'));
    const lives = ids.map(lifeOf);
    // Foreign events under fresh ids: the inbox lets every copy through, only the evidence tells that it is one.
    await Promise.all([
      publish(...lives.flat()),
      publish(...lives.toReversed().flatMap((life) => life.toReversed())),
      publish(...lives.flat()),
    ]);
    const payments = await Promise.all(ids.map((id) => ledger().payment(id, 'SETTLED')));
    for (const payment of payments) {
      expect(positionOf(payment)).toEqual(['processor:ADYEN:settled posted 4200', 'sales:clearing posted -4200']);
    }
    await eventually(async () => {
      for (const id of ids) expect((await ledger().payment(id)).evidence).toHaveLength(4);
    });
    expect(await ledger().trialBalance()).toMatchObject({ balanced: true, cacheAgrees: true });
  });

  it('of the same microsecond is settled by the version order, and read', async () => {
    const payment = providerPayment();
    primer.payments.set(payment.id, { ...payment, status: 'CANCELLED' });
    primer.unlisted.add(payment.id);
    await ledger().report({ ...payment, status: 'CANCELLED' });
    await ledger().report(payment);
    const booked = await ledger().payment(payment.id, 'CANCELLED');
    expect(positionOf(booked)).toEqual([]);
    await eventually(() => expect(primer.reads).toContain(payment.id));
  });

  it('with a status that nobody knows leaves the books as they were', async () => {
    const paymentId = sampleId('payment');
    const [, authorized] = lifeOf(paymentId);
    await publish(authorized!, { ...authorized!, status: 'TELEPORTED', dateUpdated: '2026-03-02T00:00:00Z' });
    const booked = await ledger().payment(paymentId, 'TELEPORTED');
    expect(booked.flags).toContain('STATUS_UNKNOWN');
    expect(positionOf(booked)).toEqual(['processor:ADYEN:captured pending 4200', 'sales:clearing pending -4200']);
  });

  it('of an amount of 0 makes an entry without postings', async () => {
    const payment = providerPayment({ amount: 0 });
    await ledger().report(payment);
    await ledger().payment(payment.id);
    const { data } = journalAnswer.parse((await ledger().get(`/v1/journal?paymentId=${payment.id}`)).body);
    expect(data).toMatchObject([{ postings: [], effectiveAt: '2026-03-01T10:00:01.000001Z' }]);
    expect(data[0]!.evidenceId).not.toBeNull();
  });

  it('is kept in any three-letter currency', async () => {
    const payment = providerPayment({ currencyCode: 'QQQ' });
    await ledger().report(payment);
    await ledger().payment(payment.id);
    const { body } = await ledger().get('/v1/accounts?currency=QQQ');
    expect(body).toMatchObject({
      data: [
        { account: 'processor:STRIPE:captured', type: 'asset', pending: { amountMinor: '4200', currency: 'QQQ' } },
        { account: 'sales:clearing', type: 'liability', pending: { amountMinor: '-4200', currency: 'QQQ' } },
      ],
    });
  });
});

describe('the outcome of an attempt', () => {
  it.each(['before', 'after'])('links the payment when it comes %s its first webhook', async (when) => {
    const payment = providerPayment({
      status: 'PARTIALLY_SETTLED',
      processor: { name: 'STRIPE', amountCaptured: 200 },
    });
    const attempt = tokenisedAttempt();
    const outcome = foreignRecord(AttemptConcluded, concludedAttempt(attempt, { paymentId: payment.id }));
    if (when === 'before') {
      await records.send(outcomesTopic(topics), outcome);
      await eventually(async () => {
        const rows = await database.query(`SELECT FROM ${schema}.payments WHERE payment_id = $1`, [payment.id]);
        expect(rows).toHaveLength(1);
      });
      expect((await ledger().get(`/v1/payments/${payment.id}`)).status).toBe(404);
      await ledger().report(payment);
    } else {
      await ledger().report(payment);
      expect((await ledger().payment(payment.id)).flags).toContain('UNGATED_PAYMENT');
      await records.send(outcomesTopic(topics), outcome);
    }
    const booked = await eventually(async () => {
      const found = await ledger().payment(payment.id);
      expect(found.attempt).toMatchObject({ paymentAttemptId: attempt.paymentAttemptId });
      return found;
    });
    // What was authorised is assumed from what was decided: 42.00, of which 2.00 are captured.
    expect(booked.facts.authorizedFrom).toBe('decision');
    expect(booked.flags).toEqual(['AUTHORIZED_ASSUMED']);
    expect(positionOf(booked)).toContain('processor:STRIPE:captured pending 4000');
  });

  it('leaves payments of nobody listed as ungated', async () => {
    const payment = providerPayment();
    await ledger().report(payment);
    await ledger().payment(payment.id);
    const { body } = await ledger().get(`/v1/payments?flag=UNGATED_PAYMENT&orderId=${String(payment.orderId)}`);
    expect(body).toMatchObject({ data: [{ paymentId: payment.id }] });
  });
});

describe('outcomes and reports that come together', () => {
  it('wait for each other in no circle, whatever their order', async () => {
    const outcomes = Array.from({ length: 120 }, () => concludedAttempt(tokenisedAttempt()));
    const ids = outcomes.map((outcome) => outcome.paymentId!);
    const retriesBefore = await retryCount();
    await Promise.all([
      records.send(outcomesTopic(topics), ...outcomes.map((each) => foreignRecord(AttemptConcluded, each))),
      publish(...ids.toReversed().flatMap(lifeOf)),
      records.send(
        outcomesTopic(topics),
        ...outcomes.toReversed().map((each) => foreignRecord(AttemptConcluded, each)),
      ),
      publish(...ids.flatMap(lifeOf)),
    ]);
    for (const outcome of outcomes) {
      await eventually(async () => {
        const payment = await ledger().payment(outcome.paymentId!, 'SETTLED');
        expect(payment.attempt).toMatchObject({ paymentAttemptId: outcome.paymentAttemptId });
      });
    }
    expect(await retryCount()).toBe(retriesBefore);
    expect(await ledger().trialBalance()).toMatchObject({ balanced: true, cacheAgrees: true });
  });

  /** A deadlock makes PostgreSQL end one of the transactions, and the consumer try its batch again. */
  async function retryCount(): Promise<number> {
    const texts = await Promise.all(ledgers.map((each) => each.metrics()));
    const counts = texts.map((text) => Number(/^tollgate_event_retries_total\{.*\} (\d+)$/m.exec(text)?.[1] ?? 0));
    return counts.reduce((sum, count) => sum + count, 0);
  }
});

describe('a record of another producer', () => {
  it.each<[string, string, (snapshot: PaymentSnapshot) => ReturnType<typeof reportedPaymentStatus>]>([
    [
      'names no merchant of ours',
      'MERCHANT_UNKNOWN',
      (snapshot) => reportedPaymentStatus(snapshot, { merchantId: 'nobody' }),
    ],
    [
      'speaks of two payments',
      'RECORD_SCHEMA_INVALID',
      (snapshot) => ({ ...reportedPaymentStatus(snapshot), snapshot: { ...snapshot, paymentId: 'another' } }),
    ],
  ])('that %s becomes a dead letter and stops nothing', async (_fault, code, toData) => {
    const good = paymentSnapshotSample();
    const bad = foreignRecord(PaymentStatusReported, toData(paymentSnapshotSample()));
    await records.send(reportsTopic(topics), bad);
    await publish(good);
    await ledger().payment(good.paymentId);
    await eventually(
      async () => {
        const letters = await records.read(deadLetterTopicName(reportsTopic(topics), 'ledger'));
        const letter = letters.find((each) => each.headers.ce_id === bad.headers.ce_id);
        expect(letter?.headers['tollgate-dead-letter-code']).toBe(code);
      },
      { timeoutMs: 20_000, intervalMs: 200 },
    );
  });
});

describe('the database', () => {
  const withEntry = (postings: string) => `
    WITH entry AS (
      INSERT INTO ${schema}.journal_entries (merchant_id, payment_id, position_version, effective_at)
      VALUES ('m1', 'p1', 1, now()) RETURNING entry_id
    )
    INSERT INTO ${schema}.postings (entry_id, ordinal, account_id, layer, amount_minor)
    SELECT entry.entry_id, line.ordinal, account_id, line.layer, line.amount
      FROM entry, (VALUES ${postings}) AS line (ordinal, currency, layer, amount)
      JOIN ${schema}.accounts ON accounts.currency = line.currency AND accounts.merchant_id = 'm1'`;

  beforeAll(async () => {
    await database.query(
      `INSERT INTO ${schema}.accounts (merchant_id, currency, name) VALUES ('m1', 'EUR', 'a'), ('m1', 'JPY', 'a')`,
    );
  });

  it.each([
    ['does not sum to zero', `(1, 'EUR', 'posted', 5), (2, 'EUR', 'posted', -4)`],
    ['sums to zero over two currencies alone', `(1, 'EUR', 'posted', 5), (2, 'JPY', 'posted', -5)`],
    ['sums to zero over two layers alone', `(1, 'EUR', 'posted', 5), (2, 'EUR', 'pending', -5)`],
  ])('refuses an entry that %s', async (_fault, postings) => {
    await expect(database.query(withEntry(postings))).rejects.toThrow(/does not sum to zero/);
  });

  it('refuses a posting without an account', async () => {
    const lonely = `INSERT INTO ${schema}.postings (entry_id, ordinal, account_id, layer, amount_minor)
                    VALUES (-1, 1, -1, 'posted', 1), (-1, 2, -1, 'posted', -1)`;
    await expect(database.query(lonely)).rejects.toThrow(/without an entry or an account/);
  });

  it.each(
    ['deliveries', 'evidence', 'accounts', 'journal_entries', 'postings'].flatMap((table) => [
      [`DELETE FROM ${schema}.${table}`],
      [`TRUNCATE ${schema}.${table}`],
      [`UPDATE ${schema}.${table} SET ${table === 'postings' ? 'account_id = 1' : 'merchant_id = $$x$$'}`],
    ]),
  )('refuses %s', async (statement) => {
    await expect(database.query(statement)).rejects.toThrow(/insert-only/);
  });

  it('shows a tampered cache in the trial balance', async () => {
    const payment = providerPayment({ currencyCode: 'XTS' });
    await ledger().report(payment);
    await ledger().payment(payment.id);
    const tamper = (by: number) =>
      database.query(
        `UPDATE ${schema}.account_balances SET balance_minor = balance_minor + $1
          WHERE account_id IN (SELECT account_id FROM ${schema}.accounts WHERE currency = 'XTS' AND name = 'sales:clearing')`,
        [by],
      );
    await tamper(1);
    expect(await ledger().trialBalance()).toMatchObject({
      balanced: false,
      cacheAgrees: false,
      differences: [{ account: 'sales:clearing', currency: 'XTS', cachedMinor: '-4199', foldedMinor: '-4200' }],
    });
    await tamper(-1);
    expect(await ledger().trialBalance()).toMatchObject({ balanced: true });
  });

  it('tells the past by what had become true and by what had been written', async () => {
    const before = new Date().toISOString();
    const payment = providerPayment({ currencyCode: 'XAU' });
    await ledger().report(payment);
    await ledger().payment(payment.id);
    const currenciesOf = async (query: string) => (await ledger().trialBalance(query)).sums.map((sum) => sum.currency);
    expect(await currenciesOf('?effectiveBy=2026-03-01T10:00:01.000001Z')).toContain('XAU');
    expect(await currenciesOf('?effectiveBy=2026-03-01T10:00:01.000000Z')).not.toContain('XAU');
    expect(await currenciesOf(`?recordedBy=${before}`)).not.toContain('XAU');
  });
});
