import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { disputeListAnswer } from '@tollgate/contracts';
import { eventually, testDatabase, testTopicPrefix } from '@tollgate/testing';
import { LedgerService, positionOf, prepareLedger, providerPayment } from './ledger-service.ts';
import { PrimerStandIn, type ProviderPayment } from './primer-stand-in.ts';

const topics = testTopicPrefix(import.meta.url);
const database = await testDatabase(import.meta.url);
const primer = new PrimerStandIn();
let ledger: LedgerService;

beforeAll(async () => {
  ledger = await LedgerService.start(await prepareLedger(database, topics, await primer.listen()));
});

afterAll(async () => {
  await ledger?.app.close();
  await primer.close();
});

const deliveries = (paymentId: string) =>
  database.query<{ verdict: string }>(
    `SELECT verdict FROM ${database.schema}_ledger.deliveries WHERE payment_id = $1 AND origin = 'webhook'`,
    [paymentId],
  );

describe('a webhook of a refund', () => {
  it('is booked by the refunds of the payment it carries, once for all its deliveries', async () => {
    const refund = {
      transactionType: 'REFUND',
      processorStatus: 'SETTLED',
      processorTransactionId: 'r1',
      amount: 1000,
    };
    const payment = providerPayment({
      status: 'SETTLED',
      processor: { name: 'STRIPE', amountCaptured: 4200, amountRefunded: 1000 },
      transactions: [{ transactionType: 'SALE', processorStatus: 'SETTLED', amount: 4200 }, refund],
    });
    await ledger.report(payment, { eventType: 'PAYMENT.REFUND' });
    await ledger.report(payment, { eventType: 'PAYMENT.REFUND', date: '2026-03-01T11:00:00', signedAt: undefined });
    await ledger.report(payment, { eventType: 'PAYMENT.STATUS' });
    const later = { ...payment, dateUpdated: '2026-03-01T12:00:00', orderId: 'seen last' };
    await ledger.report(later, { eventType: 'PAYMENT.STATUS' });
    const booked = await eventually(async () => {
      const found = await ledger.payment(payment.id);
      expect(found.orderId).toBe('seen last');
      return found;
    });
    expect(booked.evidence).toHaveLength(2);
    expect(booked).toMatchObject({
      refunded: { amountMinor: '1000' },
      refunds: [{ refundId: 'r1', state: 'settled', amount: { amountMinor: '1000', currency: 'EUR' } }],
    });
    expect(positionOf(booked)).toEqual([
      'processor:STRIPE:settled posted 3200',
      'sales:clearing posted -4200',
      'sales:refunds posted 1000',
    ]);
  });
});

describe('a webhook of an operation that failed', () => {
  const failureOf = (payment: ProviderPayment, parts: Record<string, unknown> = {}) =>
    JSON.stringify({
      eventType: 'PAYMENT.CAPTURE.FAILED',
      date: new Date().toISOString(),
      signedAt: Math.floor(Date.now() / 1000).toString(),
      payment: { id: payment.id, amount: 4200, currencyCode: 'EUR', orderId: payment.orderId },
      requestAmount: 1500,
      transactionEvent: { id: 'event-1' },
      ...parts,
    });

  it.each([
    'PAYMENT.CAPTURE.FAILED',
    'PAYMENT.REFUND.FAILED',
    'PAYMENT.CANCELLATION.FAILED',
    'PAYMENT.AUTHORIZATION_ADJUSTMENT.FAILED',
    'WORKFLOW_RUN.FAILED',
  ])('moves no books by itself as %s; its payment is read back, once for all its deliveries', async (eventType) => {
    const payment = providerPayment();
    primer.payments.set(payment.id, payment);
    primer.unlisted.add(payment.id);
    const body =
      eventType === 'WORKFLOW_RUN.FAILED'
        ? JSON.stringify({ eventType, date: '2026-02-21 15:36:16.1', triggerEventId: payment.id, run: { id: 'run-1' } })
        : failureOf(payment, { eventType });
    for (let delivery = 0; delivery < 3; delivery += 1) {
      expect(await ledger.deliver(body)).toMatchObject({ status: 200 });
    }
    expect(await deliveries(payment.id)).toMatchObject(Array.from({ length: 3 }, () => ({ verdict: 'RECORDED' })));
    const booked = await ledger.payment(payment.id);
    expect(booked.evidence).toMatchObject([{ origin: 'read' }]);
    expect(booked.failedOperations).toMatchObject([{ reportedAs: eventType }]);
  });

  it('counts each failed try, and shows what was asked for', async () => {
    const payment = providerPayment();
    await ledger.report(payment);
    await ledger.deliver(failureOf(payment));
    await ledger.deliver(failureOf(payment, { transactionEvent: { id: 'event-2' }, requestAmount: undefined }));
    const { failedOperations } = await ledger.payment(payment.id);
    expect(failedOperations.map((each) => each.requestedMinor)).toEqual(['1500', null]);
  });
});

describe('a webhook of a dispute', () => {
  const disputeOf = (payment: ProviderPayment, parts: Record<string, unknown> = {}) => ({
    eventType: 'DISPUTE.STATUS',
    version: '2.4',
    type: 'DISPUTE',
    status: 'OPEN',
    processor: 'STRIPE',
    processorDisputeId: `dispute-of-${payment.id}`,
    paymentId: payment.id,
    orderId: payment.orderId,
    amount: 1200,
    currency: 'EUR',
    receivedAt: '2026-03-05T00:00:00.000000',
    challengeRequiredBy: '2026-03-19T00:00:00Z',
    reasonCode: '10.4',
    ...parts,
  });
  const settled = () =>
    providerPayment({ status: 'SETTLED', processor: { name: 'STRIPE', amountCaptured: 4200, amountRefunded: 0 } });
  const tell = async (body: object) => {
    expect(await ledger.deliver(JSON.stringify(body))).toMatchObject({ status: 200 });
  };
  const disputesOf = async (query: string) =>
    disputeListAnswer.parse((await ledger.get(`/v1/disputes?${query}`)).body).data;
  const WITHHELD = [
    'processor:STRIPE:disputed posted 1200',
    'processor:STRIPE:settled posted 3000',
    'sales:clearing posted -4200',
  ];

  it('withholds its amount and is a case with a due date', async () => {
    const payment = settled();
    await ledger.report(payment);
    await tell({
      eventType: 'DISPUTE.OPENED',
      processorId: 'STRIPE',
      processorDisputeId: `dispute-of-${payment.id}`,
      paymentId: payment.id,
    });
    await tell(disputeOf(payment));
    await tell(disputeOf(payment, { signedAt: undefined }));
    await eventually(async () => expect(positionOf(await ledger.payment(payment.id))).toEqual(WITHHELD));
    expect(await disputesOf(`paymentId=${payment.id}`)).toMatchObject([
      {
        status: 'OPEN',
        isOpen: true,
        isPaymentKnown: true,
        challengeRequiredBy: '2026-03-19T00:00:00.000000Z',
        amount: { amountMinor: '1200', currency: 'EUR' },
      },
    ]);
    await tell(disputeOf(payment, { status: 'WON', receivedAt: '2026-03-06T00:00:00' }));
    await eventually(async () => {
      const { disputes, ...booked } = await ledger.payment(payment.id);
      expect(disputes).toMatchObject([{ status: 'WON', isOpen: false }]);
      expect(positionOf({ disputes, ...booked })).toEqual([
        'processor:STRIPE:settled posted 4200',
        'sales:clearing posted -4200',
      ]);
    });
    // Opened, withheld once for all its deliveries, given back.
    const rows = await database.query(`SELECT FROM ${database.schema}_ledger.dispute_evidence WHERE dispute_id = $1`, [
      `dispute-of-${payment.id}`,
    ]);
    expect(rows).toHaveLength(3);
  });

  it('waits for a payment that nobody knows yet, and has it read', async () => {
    const payment = settled();
    primer.unlisted.add(payment.id);
    await tell(disputeOf(payment));
    await eventually(async () => {
      expect(await disputesOf(`paymentId=${payment.id}`)).toMatchObject([{ isPaymentKnown: false, status: 'OPEN' }]);
    });
    expect((await ledger.get(`/v1/payments/${payment.id}`)).status).toBe(404);
    await eventually(() => expect(primer.reads).toContain(payment.id));
    await ledger.report(payment);
    expect(positionOf(await ledger.payment(payment.id))).toEqual(WITHHELD);
  });

  it('waits as a case while no report of it names its payment', async () => {
    const payment = settled();
    const lost = { status: 'LOST', receivedAt: '2026-03-09T00:00:00' };
    await ledger.report(payment);
    await tell(disputeOf(payment, { paymentId: null, ...lost }));
    await eventually(async () => {
      const cases = await disputesOf('status=LOST&open=false');
      expect(cases).toMatchObject([{ paymentId: null, isPaymentKnown: false }]);
    });
    await tell(disputeOf(payment));
    await eventually(async () => {
      expect(positionOf(await ledger.payment(payment.id))).toContain('losses:chargebacks posted 1200');
    });
  });

  it('is listed by its due date, each one once over the pages', async () => {
    const processor = 'LISTED';
    const due = ['2026-05-03T00:00:00', undefined, '2026-05-01T00:00:00', undefined, '2026-05-02T00:00:00'];
    const payments = due.map(() => settled());
    for (const [index, challengeRequiredBy] of due.entries()) {
      await tell(disputeOf(payments[index]!, { processor, challengeRequiredBy, status: 'CHALLENGED' }));
    }
    const idsOf = (...indexes: number[]) => indexes.map((index) => payments[index]!.id);
    await eventually(async () => {
      const seen: Array<string | null> = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const url = `/v1/disputes?status=CHALLENGED&open=true&limit=2${cursor && `&cursor=${cursor}`}`;
        const page = disputeListAnswer.parse((await ledger.get(url)).body);
        seen.push(...page.data.map((each) => each.paymentId));
        cursor = page.nextCursor;
      }
      expect(seen.slice(0, 3)).toEqual(idsOf(2, 4, 0));
      // Without a date they come as the books heard of them, which need not be as they were told.
      expect(new Set(seen.slice(3))).toEqual(new Set(idsOf(1, 3)));
      expect(seen).toHaveLength(due.length);
    });
    expect(await disputesOf('dueBy=2026-05-02T00:00:00Z&status=CHALLENGED')).toHaveLength(2);
  });

  it.each<[string, Record<string, unknown>]>([
    ['names no dispute', { processorDisputeId: undefined }],
    ['has an amount that is none', { amount: -5 }],
    ['has an amount with a fraction', { amount: 12.5 }],
    ['has no status', { status: null }],
    ['was received at no time', { receivedAt: 'yesterday' }],
    ['has a currency that is none', { currency: 'EURO' }],
    ['has an id that no database stores', { processorDisputeId: 'a\u0000b' }],
  ])('that %s is set aside and answered 200', async (_fault, parts) => {
    const payment = settled();
    await tell(disputeOf(payment, parts));
    expect(await deliveries(payment.id)).toMatchObject([{ verdict: 'NOT_UNDERSTOOD' }]);
  });
});
