import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { Emulator, type PrimerErrorBody, SECOND_API_KEY, temporaryFolder } from './emulator.ts';

const DAY_MS = 24 * 3_600_000;
const folder = temporaryFolder();
let emulator: Emulator;

beforeAll(async () => {
  emulator = await Emulator.start(join(folder.path, 'sessions.db'));
});

afterAll(async () => {
  await emulator.stop();
  folder.remove();
});

async function createSession(body: object): Promise<string> {
  const answer = await emulator.primer<{ clientToken: string }>('POST', '/client-session', { body });
  expect(answer.status).toBe(200);
  return answer.body.clientToken;
}

describe('POST /client-session', () => {
  it('answers a token that lives a day, and what the session holds', async () => {
    const answer = await emulator.primer('POST', '/client-session', {
      body: {
        approvalMode: 'MANUAL',
        orderId: 'order-abc',
        currencyCode: 'GBP',
        order: { lineItems: [{ itemId: 'shoe-123', amount: 500, quantity: 2 }], shipping: { amount: 50 } },
        customerId: 'customer-123',
        customer: { emailAddress: 'john@example.com' },
        metadata: { productType: 'Shoes', size: 42 },
      },
    });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        clientToken: expect.stringMatching(/^[\w-]{20,}$/),
        clientTokenExpirationDate: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T[\d:]{8}\.\d{6}$/),
        amount: 1_050,
        approvalMode: 'MANUAL',
        metadata: { productType: 'Shoes', size: 42 },
        warnings: [],
      },
    });
  });

  it('takes an empty session, since nothing is required', async () => {
    expect((await emulator.primer('POST', '/client-session', { body: {} })).status).toBe(200);
  });

  it.each([
    ['an unknown currency', { currencyCode: 'EURO' }, '$.currencyCode'],
    ['a negative amount', { amount: -1 }, '$.amount'],
    ['a fractional amount', { amount: 1.5 }, '$.amount'],
    ['an amount beyond exact numbers', { amount: 2 ** 53 }, '$.amount'],
    ['an over-long order id', { orderId: 'x'.repeat(256) }, '$.orderId'],
    ['an unknown approval mode', { approvalMode: 'MAYBE' }, '$.approvalMode'],
    ['an unknown field', { colour: 'red' }, '$'],
    ['a malformed e-mail address', { customer: { emailAddress: 'nobody' } }, '$.customer.emailAddress'],
    ['a country that there is not', { order: { countryCode: 'XX' } }, '$.order.countryCode'],
    [
      'a card network that there is not',
      { paymentMethod: { orderedAllowedCardNetworks: ['VISA', 'VIZA'] } },
      '$.paymentMethod.orderedAllowedCardNetworks.1',
    ],
    [
      'a product of negative weight',
      { order: { lineItems: [{ amount: 1, productData: { weight: -1 } }] } },
      '$.order.lineItems.0.productData.weight',
    ],
    ['metadata that is neither text nor integer', { metadata: { a: 1.5 } }, '$.metadata.a'],
  ])('refuses %s with 422 and its path', async (_name, body, path) => {
    const answer = await emulator.primer<PrimerErrorBody>('POST', '/client-session', { body });
    expect(answer.status).toBe(422);
    expect(answer.body.error.validationErrors).toMatchObject([
      { model: 'ClientSessionAPIRequest', errors: [{ path }] },
    ]);
  });

  it('takes what it does not know inside of order and customer, where nothing forbids it, and keeps nothing of it', async () => {
    const known = {
      order: { lineItems: [{ amount: 5, quantity: 1 }], countryCode: 'DE' },
      customer: { firstName: 'A' },
    };
    const body = {
      order: { ...known.order, lineItems: [{ amount: 5, colour: 'red' }], giftWrap: true },
      customer: { ...known.customer, nickname: 'B' },
    };
    const clientToken = await createSession(body);
    const read = await emulator.primer('GET', `/client-session?clientToken=${clientToken}`);
    expect(read.body).toEqual({ ...known, amount: 5, approvalMode: 'AUTO' });
  });

  it('refuses an empty key in metadata with 400', async () => {
    const answer = await emulator.primer('POST', '/client-session', { body: { metadata: { '': 1 } } });
    expect(answer).toMatchObject({ status: 400, body: { error: { errorId: 'MetadataContainsEmptyKey' } } });
  });

  it('refuses what is not JSON with 400', async () => {
    const answer = await emulator.primer('POST', '/client-session', { rawBody: 'amount=1' });
    expect(answer).toMatchObject({ status: 400, body: { error: { errorId: 'BadRequest' } } });
  });
});

describe('GET /client-session', () => {
  it('names the current attempt: the newest one', async () => {
    const clientToken = await createSession({ approvalMode: 'MANUAL', orderId: 'o', currencyCode: 'EUR', amount: 5 });
    await emulator.startAttempt({ clientToken });
    const { paymentAttemptId } = await emulator.startAttempt({ clientToken });
    const answer = await emulator.primer('GET', `/client-session?clientToken=${clientToken}`);
    expect(answer).toMatchObject({
      status: 200,
      body: { orderId: 'o', amount: 5, approvalMode: 'MANUAL', currentAttemptId: paymentAttemptId },
    });
  });

  it('refuses a token that is unknown or expired', async () => {
    const clientToken = await createSession({});
    emulator.clock.advance(DAY_MS);
    for (const token of ['nobody-knows-me', clientToken]) {
      const answer = await emulator.primer('GET', `/client-session?clientToken=${token}`);
      expect(answer).toMatchObject({ status: 400, body: { error: { errorId: 'ClientSessionValidationError' } } });
    }
  });

  it('opens no checkout by a token that has expired', async () => {
    const clientToken = await createSession({ orderId: 'o', currencyCode: 'EUR', amount: 5 });
    emulator.clock.advance(DAY_MS);
    expect((await emulator.control('POST', '/attempts', { clientToken })).status).toBe(404);
  });

  it("refuses another tenant's token, and a request without one", async () => {
    const clientToken = await createSession({});
    const headers = { 'x-api-key': SECOND_API_KEY };
    expect((await emulator.primer('GET', `/client-session?clientToken=${clientToken}`, { headers })).status).toBe(400);
    expect((await emulator.primer('GET', '/client-session')).status).toBe(422);
  });
});

describe('PATCH /client-session', () => {
  async function update(clientToken: string, body: object, apiKey?: string) {
    return emulator.primer('PATCH', '/client-session', {
      body: { clientToken, ...body },
      ...(apiKey !== undefined && { headers: { 'x-api-key': apiKey } }),
    });
  }

  it('changes what is sent, field by field inside of order and customer, clears what is null, and keeps the rest', async () => {
    const clientToken = await createSession({
      approvalMode: 'MANUAL',
      orderId: 'order-1',
      currencyCode: 'EUR',
      amount: 100,
      customerId: 'customer-1',
      customer: { emailAddress: 'a@example.com', firstName: 'Ada', lastName: 'B' },
      order: { countryCode: 'DE', lineItems: [{ amount: 100, quantity: 1 }] },
      metadata: { shop: 'a', till: 1 },
    });
    const updated = await update(clientToken, {
      amount: 700,
      customerId: null,
      customer: { emailAddress: 'c@example.com', lastName: null },
      order: { lineItems: [{ itemId: 'shoe', amount: 350, quantity: 2 }] },
      metadata: { shop: 'b' },
    });
    expect(updated.body).toEqual({
      approvalMode: 'MANUAL',
      orderId: 'order-1',
      currencyCode: 'EUR',
      amount: 700,
      customer: { emailAddress: 'c@example.com', firstName: 'Ada' },
      order: { countryCode: 'DE', lineItems: [{ itemId: 'shoe', amount: 350, quantity: 2 }] },
      metadata: { shop: 'b' },
    });
    const read = await emulator.primer('GET', `/client-session?clientToken=${clientToken}`);
    expect(read.body).toEqual(updated.body);
  });

  it.each([
    ['the approval mode', { approvalMode: 'AUTO' }, '$'],
    ['what a payment method may do', { paymentMethod: { options: {} } }, '$.paymentMethod.options'],
    ['an amount to a fraction', { amount: 1.5 }, '$.amount'],
  ])('does not change %s', async (_name, body, path) => {
    const answer = await update(await createSession({ approvalMode: 'MANUAL' }), body);
    expect(answer).toMatchObject({ status: 422, body: { error: { validationErrors: [{ errors: [{ path }] }] } } });
  });

  it("refuses a token that is unknown or another tenant's", async () => {
    const clientToken = await createSession({ amount: 1 });
    const answers = [await update('unknown', { amount: 2 }), await update(clientToken, { amount: 2 }, SECOND_API_KEY)];
    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 400, body: { error: { errorId: 'ClientSessionValidationError' } } });
    }
  });

  it('changes what an approve charges, and can leave nothing to charge', async () => {
    const clientToken = await createSession({ approvalMode: 'MANUAL', orderId: 'o', currencyCode: 'EUR', amount: 1 });
    const { paymentAttemptId } = await emulator.startAttempt({ clientToken });
    await update(clientToken, { amount: null });
    expect((await emulator.approve(paymentAttemptId)).status).toBe(422);
    await update(clientToken, { amount: 250 });
    const { merchantPaymentId } = (await emulator.approve(paymentAttemptId)).body;
    expect((await emulator.primer('GET', `/payments/${merchantPaymentId}`)).body).toMatchObject({ amount: 250 });
  });
});

it('an AUTO session is what a merchant gets who does not ask for MANUAL', async () => {
  const clientToken = await createSession({ orderId: 'o', currencyCode: 'EUR', amount: 5 });
  const { paymentAttemptId } = await emulator.startAttempt({ clientToken });
  const answer = await emulator.primer<PrimerErrorBody>('POST', `/payment-attempts/${paymentAttemptId}/approve`);
  expect(answer.body.error.errorId).toBe('ClientSessionNotManual');
});

it('a payment is of what its session says', async () => {
  const session = {
    approvalMode: 'MANUAL',
    orderId: 'order-9',
    currencyCode: 'JPY',
    order: { lineItems: [{ amount: 120, quantity: 3 }] },
    customer: { emailAddress: 'jane@example.com' },
    metadata: { basket: 'b-1' },
    paymentMethod: { descriptor: 'Purchase: Shoes', authorizationType: 'ESTIMATED' },
  };
  const { paymentAttemptId } = await emulator.startAttempt({ clientToken: await createSession(session) });
  const { merchantPaymentId } = (await emulator.approve(paymentAttemptId)).body;
  expect((await emulator.primer('GET', `/payments/${merchantPaymentId}`)).body).toMatchObject({
    orderId: 'order-9',
    currencyCode: 'JPY',
    amount: 360,
    customer: { emailAddress: 'jane@example.com' },
    metadata: { basket: 'b-1' },
    paymentMethod: { descriptor: 'Purchase: Shoes', authorizationType: 'ESTIMATED' },
  });
  const byEmail = await emulator.primer('GET', '/payments?customer_email_address=jane%40example.com');
  expect(byEmail.body).toMatchObject({ data: [{ id: merchantPaymentId }] });
});
