import { describe, expect, it } from '@jest/globals';
import type { PaymentAnswer, PaymentCommandAnswer } from '@tollgate/contracts';
import { checkInvariants, eventually, startStack } from '@tollgate/testing';

const stack = await startStack(import.meta.url);
const accepted: { attemptId: string; toldOutcome: string }[] = [];

const DAYS_UNTIL_SETTLED_MS = 2 * 24 * 60 * 60 * 1000;

/** Buys for 42.00 EUR. @returns the payment's id */
async function buy(): Promise<string> {
  const { paymentAttemptId, status, paymentId } = await stack.shop.buy({ amount: 4_200 });
  accepted.push({ attemptId: paymentAttemptId, toldOutcome: status });
  return paymentId ?? '';
}

/** Sends a command as the shop's server does, with the shop's key and an id of its own, and waits for its end. */
async function command(paymentId: string, kind: 'capture' | 'cancel' | 'refund', commandId: string, body: object = {}) {
  const { status, body: answer } = await stack.ask<PaymentCommandAnswer>(
    'gateway',
    `/v1/payments/${paymentId}/${kind}`,
    {
      token: stack.credentials.intakeApiKey,
      headers: { 'idempotency-key': commandId, prefer: 'wait=30' },
      body,
    },
  );
  return { answered: status, status: answer.status, reason: answer.reason, amount: answer.amount?.amountMinor };
}

/** Resolves when the books hold exactly this of the payment: minor units by account, without the processor's name, and layer. */
async function expectBooks(paymentId: string, status: string, balances: Record<string, string>): Promise<void> {
  await eventually(async () => {
    const { body } = await stack.ask<PaymentAnswer>('ledger', `/v1/payments/${paymentId}`);
    const held = body.position.map(({ account, layer, amount }) => [
      `${account.replace(/^processor:.*:/, '')} ${layer}`,
      amount.amountMinor,
    ]);
    expect({ status: body.status, balances: Object.fromEntries(held) as object }).toEqual({ status, balances });
  });
}

describe('the life of a payment, in the books', () => {
  it('an authorisation that is cancelled was a hold and leaves nothing behind', async () => {
    const paymentId = await buy();
    await expectBooks(paymentId, 'AUTHORIZED', { 'captured pending': '4200', 'sales:clearing pending': '-4200' });

    expect(await command(paymentId, 'cancel', 'cancel-1')).toMatchObject({ answered: 200, status: 'DONE' });
    await expectBooks(paymentId, 'CANCELLED', {});
    expect(await command(paymentId, 'capture', 'capture-cancelled')).toMatchObject({ answered: 422 });
  });

  it('a sale is captured in two parts, settles when days have passed, and is refunded in part', async () => {
    const paymentId = await buy();
    await expectBooks(paymentId, 'AUTHORIZED', { 'captured pending': '4200', 'sales:clearing pending': '-4200' });

    const first = { amount: 1_000, final: false };
    expect(await command(paymentId, 'capture', 'capture-1', first)).toMatchObject({ status: 'DONE', amount: '1000' });
    await expectBooks(paymentId, 'PARTIALLY_SETTLED', {
      'captured pending': '3200',
      'sales:clearing pending': '-3200',
      'captured posted': '1000',
      'sales:clearing posted': '-1000',
    });

    expect(await command(paymentId, 'capture', 'capture-2')).toMatchObject({ status: 'DONE', amount: '3200' });
    await expectBooks(paymentId, 'SETTLING', { 'captured posted': '4200', 'sales:clearing posted': '-4200' });

    const advance = { body: { advanceMs: DAYS_UNTIL_SETTLED_MS } };
    expect((await stack.ask('sandbox', '/_sandbox/clock', advance)).status).toBe(200);
    await expectBooks(paymentId, 'SETTLED', { 'settled posted': '4200', 'sales:clearing posted': '-4200' });

    const back = { amount: 1_200, orderId: 'return-1' };
    expect(await command(paymentId, 'refund', 'refund-1', back)).toMatchObject({ status: 'DONE', amount: '1200' });
    const refunded = { 'settled posted': '3000', 'sales:clearing posted': '-4200', 'sales:refunds posted': '1200' };
    await expectBooks(paymentId, 'SETTLED', refunded);

    // The same command again is the same refund, under another body it is none, and more than there is is refused.
    expect(await command(paymentId, 'refund', 'refund-1', back)).toMatchObject({ answered: 200, status: 'DONE' });
    expect((await command(paymentId, 'refund', 'refund-1', { amount: 1 })).answered).toBe(409);
    expect(await command(paymentId, 'refund', 'refund-2', { amount: 3_001 })).toMatchObject({ answered: 422 });
    await expectBooks(paymentId, 'SETTLED', refunded);
  });

  it('what a shopper disputes is withheld while that lasts, and is a loss when the dispute is lost', async () => {
    const paymentId = await buy();
    expect(await command(paymentId, 'capture', 'capture-disputed')).toMatchObject({ status: 'DONE', amount: '4200' });
    const sold = { 'captured posted': '4200', 'sales:clearing posted': '-4200' };
    await expectBooks(paymentId, 'SETTLING', sold);

    const opened = await stack.ask<{ disputeId: string }>('sandbox', '/_sandbox/disputes', {
      body: { paymentId, amount: 4_000 },
    });
    expect(opened.status).toBe(201);
    await expectBooks(paymentId, 'SETTLING', { ...sold, 'disputed posted': '4000', 'settled posted': '-4000' });

    const lost = await stack.ask('sandbox', `/_sandbox/disputes/${opened.body.disputeId}`, {
      body: { status: 'LOST' },
    });
    expect(lost.status).toBe(200);
    await expectBooks(paymentId, 'SETTLING', {
      ...sold,
      'losses:chargebacks posted': '4000',
      'settled posted': '-4000',
    });
  });

  it('every promise is kept', async () => {
    expect(await checkInvariants(stack, { accepted })).toEqual([]);
  });
});
