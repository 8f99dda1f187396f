import { createHmac } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';
import type { ProblemDetails } from '@tollgate/contracts';
import { eventually, findDifferentDecisions, request, sampleId, startStack } from '@tollgate/testing';
import type { HttpAnswer } from '@tollgate/testing';

const stack = await startStack(import.meta.url);
const { credentials } = stack;
const webhookUrl = `${stack.services.ledger.url}/webhooks/primer/${credentials.merchantId}`;

describe('a webhook', () => {
  it('with a signature of another secret is 401, and nothing is stored', async () => {
    const paymentId = sampleId('payment');
    const answer = await deliver(statusWebhook(paymentId), { secret: 'whsec-of-somebody-else' });

    expect({ status: answer.status, code: answer.body.code }).toEqual({ status: 401, code: 'SIGNATURE_INVALID' });
    expect(await storedOf(paymentId)).toBe(0);
  });

  it('without a signature is 401', async () => {
    const answer = await request<ProblemDetails>(webhookUrl, { body: statusWebhook(sampleId('payment')) });

    expect({ status: answer.status, code: answer.body.code }).toEqual({ status: 401, code: 'SIGNATURE_INVALID' });
  });

  it('whose body was changed on the way is 401', async () => {
    const body = statusWebhook(sampleId('payment'));
    const answer = await request<ProblemDetails>(webhookUrl, {
      body: body.replace('4200', '4201'),
      headers: { 'x-signature-primary': sign(body, credentials.webhookSecret) },
    });

    expect(answer.status).toBe(401);
  });

  it('for an unknown merchant is 404', async () => {
    const body = statusWebhook(sampleId('payment'));
    const answer = await request<ProblemDetails>(`${stack.services.ledger.url}/webhooks/primer/nobody`, {
      body,
      headers: { 'x-signature-primary': sign(body, credentials.webhookSecret) },
    });

    expect({ status: answer.status, code: answer.body.code }).toEqual({ status: 404, code: 'MERCHANT_NOT_FOUND' });
  });

  it('that was signed long ago is stored, answered 200 and read back instead of believed', async () => {
    const { paymentId } = await stack.shop.buy();
    await eventually(async () => expect(await statusOf(paymentId)).toBe('AUTHORIZED'), { timeoutMs: 30_000 });
    const twoHoursAgo = Math.floor(Date.now() / 1000) - 7_200;

    const answer = await deliver(statusWebhook(paymentId ?? '', { status: 'SETTLED', signedAt: twoHoursAgo }));

    expect(answer.status).toBe(200);
    await eventually(async () => expect(await verdictsOf(paymentId)).toContain('STALE'));
    await eventually(async () => {
      const journal = await stack.ask<{ data: { name: string; kind: string }[] }>(
        'sandbox',
        '/_sandbox/journal?limit=1000',
      );
      expect(journal.body.data.some(({ kind, name }) => kind === 'REQUEST' && /payment/i.test(name))).toBe(true);
    });
    expect(await statusOf(paymentId)).toBe('AUTHORIZED');
  });

  it.each([
    ['that is not JSON', 'payment=1&status=SETTLED'],
    ['of no known shape', JSON.stringify({ hello: 'world' })],
    ['that is a bare number', '7'],
    ['whose payment has no id', JSON.stringify({ eventType: 'PAYMENT.STATUS', payment: { status: 'SETTLED' } })],
  ])('%s but signed is stored, set aside and answered 200', async (_what, body) => {
    const before = await setAsideCount();
    const answer = await deliver(body);

    expect(answer.status).toBe(200);
    expect(await setAsideCount()).toBe(before + 1);
  });

  it('of a test is answered 200', async () => {
    expect((await deliver(JSON.stringify({ message: 'Testing your webhook connection' }))).status).toBe(200);
  });

  it('after any of these is still taken in and booked', async () => {
    const { paymentId } = await stack.shop.buy();

    await eventually(async () => expect(await statusOf(paymentId)).toBe('AUTHORIZED'), { timeoutMs: 30_000 });
  });

  it('signed with the secondary secret while a rotation runs is believed', async () => {
    const body = statusWebhook(sampleId('payment'));
    const answer = await request(webhookUrl, {
      body,
      headers: {
        'x-signature-primary': sign(body, 'whsec-that-is-new-and-not-known-yet'),
        'x-signature-secondary': sign(body, credentials.webhookSecret),
      },
    });

    expect(answer.status).toBe(200);
  });
});

it('every decision of the rules comes out the same again', async () => {
  expect(await findDifferentDecisions(stack)).toEqual([]);
});

function statusWebhook(
  paymentId: string,
  { status = 'PENDING', signedAt = Math.floor(Date.now() / 1000) } = {},
): string {
  const now = new Date().toISOString().replace('Z', '000');
  return JSON.stringify({
    eventType: 'PAYMENT.STATUS',
    date: now,
    version: '2.4',
    signedAt: String(signedAt),
    payment: {
      id: paymentId,
      date: now,
      dateUpdated: now,
      status,
      currencyCode: 'EUR',
      amount: 4200,
      orderId: 'order-1',
    },
  });
}

function sign(body: string, secret: string): string {
  return createHmac('sha256', secret).update(body).digest('base64');
}

async function deliver(body: string, { secret = credentials.webhookSecret } = {}): Promise<HttpAnswer<ProblemDetails>> {
  return request(webhookUrl, { body, headers: { 'x-signature-primary': sign(body, secret) } });
}

async function storedOf(paymentId: string): Promise<number> {
  const [row] = await stack.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM {ledger}.deliveries WHERE payment_id = $1',
    [paymentId],
  );
  return row?.count ?? 0;
}

async function verdictsOf(paymentId: string | undefined): Promise<string[]> {
  const rows = await stack.query<{ verdict: string }>('SELECT verdict FROM {ledger}.deliveries WHERE payment_id = $1', [
    paymentId,
  ]);
  return rows.map(({ verdict }) => verdict);
}

async function setAsideCount(): Promise<number> {
  const [row] = await stack.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM {ledger}.deliveries WHERE verdict = 'NOT_UNDERSTOOD'`,
  );
  return row?.count ?? 0;
}

async function statusOf(paymentId: string | undefined): Promise<unknown> {
  return (await stack.ask('ledger', `/v1/payments/${paymentId}`)).body.status;
}
