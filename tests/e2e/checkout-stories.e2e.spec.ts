import { describe, expect, it } from '@jest/globals';
import type { PaymentAnswer } from '@tollgate/contracts';
import { TEST_CARDS, checkInvariants, eventually, readEmulatorJournal, startStack } from '@tollgate/testing';
import type { Checkout, PostedAttempt, Purchase } from '@tollgate/testing';

const stack = await startStack(import.meta.url);
const { shop } = stack;
/** Every attempt intake took in, with the outcome the shop was told: checked against everything when the stories are over. */
const told = new Map<string, string | undefined>();
const tokens: string[] = [];

describe('a checkout', () => {
  it('that nothing speaks against is approved, authorised and held in the books', async () => {
    const { paymentAttemptId, ...outcome } = await buy({ amount: 4_200 });

    expect(outcome).toMatchObject({ status: 'APPROVED', charged: 'yes', retryable: false, shopperCode: 'APPROVED' });
    const payment = await bookedPayment(outcome.paymentId, 'AUTHORIZED');
    expect(postingsOf(payment)).toEqual({
      'processor:PRIMER_SANDBOX_PROCESSOR:captured pending EUR': '4200',
      'sales:clearing pending EUR': '-4200',
    });
    expect(payment.attempt?.paymentAttemptId).toBe(paymentAttemptId);
    expect(await timelineOf(paymentAttemptId)).toEqual(['RECEIVED', 'DECIDED', 'CONCLUDED']);
  });

  it.each([
    ['declined', TEST_CARDS.declined, 'DECLINED'],
    ['failed', TEST_CARDS.failed, 'FAILED'],
  ])(
    'whose payment is %s by the processor was approved, and the books hold nothing',
    async (_what, cardNumber, status) => {
      const outcome = await buy({ cardNumber });

      expect(outcome).toMatchObject({ status: 'APPROVED', shopperCode: 'APPROVED' });
      const payment = await bookedPayment(outcome.paymentId, status);
      expect(payment.position).toEqual([]);
    },
  );

  it('that breaks a rule is aborted, makes no payment and does not tell the shopper why', async () => {
    const outcome = await buy({ amount: 1_000_001 });

    expect(outcome).toMatchObject({ status: 'ABORTED', charged: 'no', shopperCode: 'NOT_ACCEPTED' });
    expect(outcome.paymentId).toBeUndefined();
    expect(JSON.stringify(outcome)).not.toContain('amount');
    expect(await effectsOf(outcome.paymentAttemptId)).toContain('ATTEMPT_ABORTED');
  });

  it('of nothing is approved like any other', async () => {
    const outcome = await buy({ amount: 0 });

    expect(outcome).toMatchObject({ status: 'APPROVED' });
    expect((await bookedPayment(outcome.paymentId, 'AUTHORIZED')).position).toEqual([]);
  });

  it('that is posted again after a page reload gets the same answer and one approve', async () => {
    const checkout = await begin();
    const first = await post(checkout, 30);
    const again = await shop.post({ ...checkout, body: { ...checkout.body, timestamp: checkout.body.timestamp + 60 } });

    expect(again.status).toBe(200);
    expect(outcomeOf(again.body)).toEqual(outcomeOf(first));
    const { body } = await shop.find(checkout.paymentAttemptId);
    expect(body.sightings).toBe(1);
    expect(await callsOf(checkout.paymentAttemptId)).toEqual({ approve: 1, abort: 0 });
  });

  it('that is posted by two tabs at once is one attempt', async () => {
    const checkout = await begin();
    const answers = await Promise.all(Array.from({ length: 8 }, () => post(checkout, 30)));

    expect(new Set(answers.map((answer) => JSON.stringify(outcomeOf(answer)))).size).toBe(1);
    expect(await callsOf(checkout.paymentAttemptId)).toEqual({ approve: 1, abort: 0 });
  });

  it('that expired before it was approved says so and that nothing was charged', async () => {
    const outcome = await buy({ ttlSeconds: 0 });

    expect(outcome).toMatchObject({ status: 'EXPIRED', charged: 'no' });
    expect(outcome.paymentId).toBeUndefined();
  });

  it('whose session was not made for manual approval is rejected, and may be charged without us', async () => {
    const outcome = await buy({ approvalMode: 'AUTO' });

    expect(outcome).toMatchObject({ status: 'REJECTED', charged: 'maybe', shopperCode: 'TECHNICAL' });
  });

  it('whose webhook comes late and three times is booked once', async () => {
    const outcome = await buy({ webhook: { delayMs: 1_500, duplicates: 2 } });

    const payment = await bookedPayment(outcome.paymentId, 'AUTHORIZED');
    expect(postingsOf(payment)).toMatchObject({ 'sales:clearing pending EUR': '-4200' });
    await eventually(async () => {
      const deliveries = (await readEmulatorJournal(stack, outcome.paymentAttemptId)).filter(
        ({ kind }) => kind === 'WEBHOOK',
      );
      expect(deliveries.map(({ facts }) => facts.statusCode)).toEqual([200, 200, 200]);
    });
    const { body } = await stack.ask<{ data: unknown[] }>('ledger', `/v1/journal?paymentId=${outcome.paymentId}`);
    expect(body.data.length).toBe(1);
  });

  it('that does not ask to wait is accepted at once, with its clocks and where to look', async () => {
    const checkout = await begin();
    const answer = await shop.post(checkout);
    told.set(checkout.paymentAttemptId, undefined);

    expect([200, 202]).toContain(answer.status);
    expect(answer.body.links?.self).toContain(checkout.paymentAttemptId);
    await eventually(async () => expect((await shop.find(checkout.paymentAttemptId)).body.status).toBe('APPROVED'));
  });

  it('tells what of the wish to wait was granted', async () => {
    const checkout = await begin();
    const { headers, status } = await shop.post(checkout, { waitSeconds: 600 });
    told.set(checkout.paymentAttemptId, undefined);

    expect(status).toBe(200);
    expect(headers.get('preference-applied')).toBe('wait=60');
  });
});

describe('while risk is away', () => {
  it('the shop can abort its own attempt, and a decision that comes later changes nothing', async () => {
    await stack.services.risk.stop();
    const checkout = await begin();
    const accepted = await shop.post(checkout);
    expect(accepted.status).toBe(202);
    expect(accepted.body.status).toBe('RECEIVED');

    const aborted = await shop.abort(checkout.paymentAttemptId, 'customer-left');
    expect(aborted.body.result).toBe('REQUESTED');
    const { outcome } = await concluded(checkout);
    stack.services.risk.start();
    await stack.services.risk.ready();

    expect(outcome).toMatchObject({ status: 'ABORTED', charged: 'no' });
    await eventually(async () => {
      const { body } = await stack.ask('risk', `/v1/decisions/${checkout.paymentAttemptId}`);
      expect(body.decision).toBe('APPROVE');
    });
    expect(await callsOf(checkout.paymentAttemptId)).toEqual({ approve: 0, abort: 1 });
  });

  it('a newer attempt of the same session replaces the older one', async () => {
    await stack.services.risk.stop();
    const older = await begin();
    expect((await shop.post(older)).status).toBe(202);
    const newer = await begin({
      clientSessionId: older.body.clientSessionId,
      orderId: String(older.body.order.orderId),
    });
    expect((await shop.post(newer)).status).toBe(202);

    const { outcome } = await concluded(older);
    stack.services.risk.start();
    await stack.services.risk.ready();

    expect(outcome).toMatchObject({ status: 'ABORTED', charged: 'no', shopperCode: 'REPLACED' });
    expect((await concluded(newer)).outcome).toMatchObject({ status: 'APPROVED' });
  });
});

describe('after all of these', () => {
  it('every invariant holds', async () => {
    const accepted = [...told].map(([attemptId, toldOutcome]) => ({ attemptId, toldOutcome }));
    const secrets = [...tokens, ...Object.values(TEST_CARDS)].map((text) => ({ what: 'a token or card number', text }));

    expect(await checkInvariants(stack, { accepted, secrets })).toEqual([]);
  }, 90_000);
});

async function begin(purchase?: Purchase): Promise<Checkout> {
  const checkout = await shop.beginCheckout(purchase);
  tokens.push(checkout.body.paymentMethodToken.token);
  told.set(checkout.paymentAttemptId, undefined);
  return checkout;
}

async function post(checkout: Checkout, waitSeconds: number): Promise<PostedAttempt> {
  const { status, body } = await shop.post(checkout, { waitSeconds });
  expect(status).toBe(200);
  told.set(checkout.paymentAttemptId, body.status);
  return body;
}

async function buy(purchase: Purchase): Promise<PostedAttempt> {
  return post(await begin(purchase), 30);
}

async function concluded({ paymentAttemptId }: Checkout) {
  return eventually(
    async () => {
      const { body } = await shop.find(paymentAttemptId);
      expect(body.outcome).toBeDefined();
      told.set(paymentAttemptId, body.outcome?.status);
      return body;
    },
    { timeoutMs: 30_000 },
  );
}

async function bookedPayment(paymentId: string | undefined, status: string): Promise<PaymentAnswer> {
  return eventually(
    async () => {
      const { body } = await stack.ask<PaymentAnswer>('ledger', `/v1/payments/${paymentId}`);
      expect(body.status).toBe(status);
      expect(body.attempt).not.toBeNull();
      return body;
    },
    { timeoutMs: 30_000 },
  );
}

/** The answer without its links, which hold a fresh token each time. */
function outcomeOf({ links: _links, ...outcome }: PostedAttempt): object {
  return outcome;
}

function postingsOf({ position }: PaymentAnswer): Record<string, string> {
  return Object.fromEntries(
    position.map(({ account, layer, amount }) => [`${account} ${layer} ${amount.currency}`, amount.amountMinor]),
  );
}

async function timelineOf(attemptId: string): Promise<string[]> {
  const { body } = await shop.find(attemptId);
  return body.timeline.map(({ event }) => event);
}

async function effectsOf(attemptId: string): Promise<string[]> {
  const journal = await readEmulatorJournal(stack, attemptId);
  return journal.filter(({ kind }) => kind === 'EFFECT').map(({ name }) => name);
}

async function callsOf(attemptId: string): Promise<{ approve: number; abort: number }> {
  const { body } = await stack.ask<{ calls: { approve: number; abort: number } }>(
    'sandbox',
    `/_sandbox/attempts/${attemptId}`,
  );
  return body.calls;
}
