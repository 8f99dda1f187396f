import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { Emulator, type PrimerErrorBody, SECOND_API_KEY, temporaryFolder } from './emulator.ts';
import { ORDER, type PaymentBody, PaymentsApi } from './payment-api.ts';

const folder = temporaryFolder();
let emulator: Emulator;
let api: PaymentsApi;

beforeAll(async () => {
  emulator = await Emulator.start(join(folder.path, 'life.db'));
  api = new PaymentsApi(emulator);
});

afterAll(async () => {
  await emulator.stop();
  folder.remove();
});

describe('POST /payments', () => {
  it('authorises a card and waits for a capture', async () => {
    const answer = await api.create({ ...ORDER, paymentMethodToken: await api.token() });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      status: 'AUTHORIZED',
      amount: 4_200,
      currencyCode: 'EUR',
      orderId: 'order-1',
      paymentMethod: { isVaulted: false, paymentMethodType: 'PAYMENT_CARD' },
      processor: { amountCaptured: 0, amountRefunded: 0 },
      transactions: [{ transactionType: 'SALE', processorStatus: 'AUTHORIZED', amount: 4_200 }],
    });
    expect((await emulator.primer('GET', `/payments/${answer.body.id}`)).body).toEqual(answer.body);
  });

  it.each([
    ['4000000000000002', 'DECLINED', { type: 'ISSUER_DECLINED', code: 'DO_NOT_HONOR' }],
    ['4000000000000010', 'FAILED', { type: 'GATEWAY_REJECTED' }],
  ])('answers 200 for card %s, whose payment ends %s, with the reason', async (cardNumber, status, reason) => {
    const answer = await api.create({ ...ORDER, paymentMethodToken: await api.token({ cardNumber }) });
    expect(answer).toMatchObject({ status: 200, body: { status, statusReason: reason } });
  });

  it('declines a card after the end of its month', async () => {
    const paymentMethodToken = await api.token({ expirationMonth: '01', expirationYear: '2020' });
    const answer = await api.create({ ...ORDER, paymentMethodToken });
    expect(answer.body).toMatchObject({ status: 'DECLINED', statusReason: { code: 'EXPIRED_CARD' } });
  });

  it('takes what the request lacks from the client session of the token, and the rest from the request', async () => {
    const { clientSessionId } = await emulator.startAttempt({ customerId: 'customer-1' });
    const paymentMethodToken = await api.token({ clientSessionId });
    expect((await api.create({ paymentMethodToken, amount: 700 })).body).toMatchObject({
      status: 'AUTHORIZED',
      amount: 700,
      orderId: 'order-1',
      currencyCode: 'EUR',
      customerId: 'customer-1',
    });
  });

  it('shows the events when they are asked for', async () => {
    const paymentMethodToken = await api.token();
    const { body } = await api.create({ ...ORDER, paymentMethodToken, expand: ['transactions.events'] });
    expect(body).toMatchObject({ transactions: [{ events: [{ type: 'AUTHORIZATION_SUCCEEDED', amount: 4_200 }] }] });
  });
});

describe('a token', () => {
  it('of no session needs amount, currency and order, named by the refusal, and stays usable', async () => {
    const paymentMethodToken = await api.token();
    const answer = await api.refused({ paymentMethodToken, currencyCode: 'EUR' });
    expect(answer).toMatchObject({
      status: 422,
      body: { error: { errorId: 'RequestValidationError', description: 'Missing fields for payment.' } },
    });
    expect(answer.text).toMatch(/`amount`, `orderId`/);
    expect((await api.create({ ...ORDER, paymentMethodToken })).status).toBe(200);
  });

  it('buys once', async () => {
    const paymentMethodToken = await api.token();
    await api.create({ ...ORDER, paymentMethodToken });
    expect(await api.refused({ ...ORDER, paymentMethodToken })).toMatchObject({
      status: 400,
      body: { error: { errorId: 'PaymentError', recoverySuggestion: expect.stringContaining('has been used') } },
    });
  });

  it('expires after fifteen minutes', async () => {
    const paymentMethodToken = await api.token();
    emulator.clock.advance(15 * 60_000);
    expect(await api.refused({ ...ORDER, paymentMethodToken })).toMatchObject({
      status: 400,
      body: { error: { errorId: 'PaymentError', recoverySuggestion: expect.stringContaining('has expired') } },
    });
  });

  it("is unknown when it is another tenant's", async () => {
    const paymentMethodToken = await api.token();
    const answer = await emulator.primer('POST', '/payments', {
      body: { ...ORDER, paymentMethodToken },
      headers: { 'x-api-key': SECOND_API_KEY },
    });
    expect(answer).toMatchObject({ status: 400, body: { error: { errorId: 'PaymentError' } } });
  });

  it('that is aborted with its attempt, or paid by it, buys nothing more', async () => {
    const started = await emulator.startAttempt();
    await emulator.approve(started.paymentAttemptId);
    const answer = await api.refused({ ...ORDER, paymentMethodToken: started.paymentMethodToken.token });
    expect(answer.status).toBe(400);
  });

  it('is looked up after the body was found valid', async () => {
    const answer = await api.refused({ ...ORDER, paymentMethodToken: 'unknown', amount: -1 });
    expect(answer).toMatchObject({
      status: 422,
      body: { error: { validationErrors: [{ model: 'PaymentCreationAPIRequest', errors: [{ path: '$.amount' }] }] } },
    });
  });
});

it('a one-time token buys one payment when ten calls bring it together', async () => {
  const body = { ...ORDER, paymentMethodToken: await api.token() };
  const answers = await Promise.all(Array.from({ length: 10 }, async () => api.create(body)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
});

describe('a vaulted card', () => {
  it('is kept on success and pays again and again', async () => {
    const first = await api.create({
      ...ORDER,
      customerId: 'customer-1',
      paymentMethodToken: await api.token(),
      paymentMethod: { vaultOnSuccess: true },
    });
    expect(first.body.paymentMethod).toMatchObject({ isVaulted: true, paymentType: 'FIRST_PAYMENT' });
    const { paymentMethodToken } = first.body.paymentMethod;
    for (const orderId of ['renewal-1', 'renewal-2']) {
      const again = await api.create({
        ...ORDER,
        orderId,
        paymentMethodToken,
        paymentMethod: { paymentType: 'SUBSCRIPTION' },
      });
      expect(again.body).toMatchObject({
        status: 'AUTHORIZED',
        customerId: 'customer-1',
        paymentMethod: { isVaulted: true, paymentType: 'SUBSCRIPTION', paymentMethodToken },
      });
    }
  });

  it('is not kept when the payment is declined', async () => {
    const answer = await api.create({
      ...ORDER,
      customerId: 'customer-1',
      paymentMethodToken: await api.token({ cardNumber: '4000000000000002' }),
      paymentMethod: { vaultOnSuccess: true },
    });
    expect(answer.body.paymentMethod.isVaulted).toBe(false);
  });

  it('needs a customer', async () => {
    const answer = await api.refused({
      ...ORDER,
      paymentMethodToken: await api.token(),
      paymentMethod: { vaultOnSuccess: true },
    });
    expect(answer.body.error.validationErrors).toMatchObject([{ errors: [{ path: '$.customerId' }] }]);
  });

  it('that was there before does not expire', async () => {
    const paymentMethodToken = await api.token({ reusable: true, customerId: 'customer-2' });
    emulator.clock.advance(24 * 60 * 60_000);
    expect((await api.create({ ...ORDER, paymentMethodToken })).body).toMatchObject({ customerId: 'customer-2' });
  });
});

describe('an idempotency key', () => {
  it('makes one payment, however often it is sent', async () => {
    const key = { 'x-idempotency-key': 'create-1' };
    const paymentMethodToken = await api.token({ reusable: true });
    const first = await api.create({ ...ORDER, paymentMethodToken }, key);
    const repeated = await api.refused({ ...ORDER, paymentMethodToken }, key);
    expect(repeated).toMatchObject({
      status: 400,
      body: {
        error: {
          errorId: 'TransactionRequestIdempotencyKeyAlreadyExists',
          paymentId: first.body.id,
          paymentStatus: 'AUTHORIZED',
        },
      },
    });
  });

  it('makes one payment of ten that arrive together', async () => {
    const key = { 'x-idempotency-key': 'create-3' };
    const body = { ...ORDER, paymentMethodToken: await api.token({ reusable: true }) };
    const answers = await Promise.all(Array.from({ length: 10 }, async () => api.create(body, key)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(9);
  });

  it('is free again after a refusal, which did nothing', async () => {
    const key = { 'x-idempotency-key': 'create-2' };
    await api.refused({ ...ORDER, paymentMethodToken: 'unknown' }, key);
    expect((await api.create({ ...ORDER, paymentMethodToken: await api.token() }, key)).status).toBe(200);
  });

  it.each(['capture', 'refund', 'cancel'])('makes one %s', async (operation) => {
    const key = { 'x-idempotency-key': `${operation}-1` };
    const { id } = operation === 'refund' ? await api.captured() : await api.authorised();
    const body = operation === 'cancel' ? {} : { amount: 100, ...(operation === 'capture' && { final: false }) };
    expect((await api.operate(id, operation, body, key)).status).toBe(200);
    const repeated = await api.operate<PrimerErrorBody>(id, operation, body, key);
    expect(repeated).toMatchObject({
      status: 409,
      body: { error: { errorId: 'IdempotencyKeyAlreadyExists', paymentId: id } },
    });
  });
});

describe('a capture', () => {
  it('takes all that was authorised when nothing is said', async () => {
    const { id } = await api.authorised();
    expect((await api.operate(id, 'capture')).body).toMatchObject({
      status: 'SETTLING',
      amount: 4_200,
      processor: { amountCaptured: 4_200 },
      transactions: [{ processorStatus: 'SETTLING' }],
    });
  });

  it('is final when nothing else is said: the rest is released', async () => {
    const { id } = await api.authorised();
    expect((await api.operate(id, 'capture', { amount: 1_000 })).body).toMatchObject({
      status: 'SETTLING',
      amount: 1_000,
    });
    expect(await api.operate(id, 'capture', { amount: 1 })).toMatchObject({
      status: 400,
      body: { error: { errorId: 'InvalidPaymentStatus', description: 'A settling payment cannot be captured' } },
    });
  });

  it('leaves room for more while it is not final, up to what was authorised', async () => {
    const { id } = await api.authorised();
    const first = await api.operate(id, 'capture', { amount: 1_000, final: false });
    expect(first.body).toMatchObject({ status: 'PARTIALLY_SETTLED', amount: 1_000 });
    expect((await api.operate(id, 'capture', { amount: 3_201, final: false })).status).toBe(400);
    const last = await api.operate(id, 'capture', { final: false, expand: ['transactions.events'] });
    expect(last.body).toMatchObject({
      status: 'SETTLING',
      processor: { amountCaptured: 4_200 },
      transactions: [
        {
          events: [
            { type: 'AUTHORIZATION_SUCCEEDED', amount: 4_200 },
            { type: 'CAPTURE_SUCCEEDED', amount: 1_000, final: false },
            { type: 'CAPTURE_SUCCEEDED', amount: 3_200, final: false },
          ],
        },
      ],
    });
  });

  it('adds its metadata to the payment', async () => {
    const { id } = await api.authorised({ metadata: { basket: 1, shop: 'a' } });
    const answer = await api.operate(id, 'capture', { metadata: { shop: 'b', till: 7 } });
    expect(answer.body).toMatchObject({ metadata: { basket: 1, shop: 'b', till: 7 } });
  });
});

describe('captured money', () => {
  it('arrives within two days, by the clock', async () => {
    const { id } = await api.captured();
    await emulator.control('POST', '/clock', { advanceMs: 2 * 24 * 60 * 60_000 });
    const settled = await emulator.primer<PaymentBody>('GET', `/payments/${id}`);
    expect(settled.body).toMatchObject({ status: 'SETTLED', transactions: [{ processorStatus: 'SETTLED' }] });
    expect((await api.operate(id, 'cancel')).status).toBe(400);
  });
});

describe('a cancellation', () => {
  it('releases an authorisation, with its reason', async () => {
    const { id } = await api.authorised();
    expect((await api.operate(id, 'cancel', { reason: 'out of stock' })).body).toMatchObject({
      status: 'CANCELLED',
      transactions: [{ processorStatus: 'CANCELLED', reason: 'out of stock' }],
    });
    expect((await api.operate(id, 'cancel')).status).toBe(400);
    expect((await api.operate(id, 'capture')).status).toBe(400);
  });

  it('leaves what was captured', async () => {
    const { id } = await api.authorised();
    await api.operate(id, 'capture', { amount: 1_000, final: false });
    expect((await api.operate(id, 'cancel')).body).toMatchObject({
      status: 'CANCELLED',
      processor: { amountCaptured: 1_000 },
    });
  });

  it('comes too late for a capture that is being settled', async () => {
    const { id } = await api.captured();
    expect((await api.operate(id, 'cancel')).status).toBe(400);
  });
});

describe('a refund', () => {
  it('gives back everything when nothing is said, once', async () => {
    const { id } = await api.captured();
    expect((await api.operate(id, 'refund', { reason: 'returned' })).body).toMatchObject({
      processor: { amountCaptured: 4_200, amountRefunded: 4_200 },
      transactions: [
        { transactionType: 'SALE' },
        {
          transactionType: 'REFUND',
          amount: 4_200,
          processorStatus: 'SETTLED',
          orderId: 'order-1',
          reason: 'returned',
        },
      ],
    });
    expect(await api.operate(id, 'refund')).toMatchObject({
      status: 409,
      body: { error: { errorId: 'PaymentAlreadyRefunded' } },
    });
  });

  it('gives back parts, under an order id of its own, and never more than was captured', async () => {
    const { id } = await api.captured();
    const part = await api.operate(id, 'refund', { amount: 200, orderId: 'order-1-refund' });
    expect(part.body).toMatchObject({
      orderId: 'order-1',
      processor: { amountRefunded: 200 },
      transactions: [{}, { orderId: 'order-1-refund', amount: 200 }],
    });
    expect(await api.operate(id, 'refund', { amount: 4_001 })).toMatchObject({
      status: 422,
      body: { error: { errorId: 'UnprocessableRefundAmount' } },
    });
  });

  it('of one capture gives back no more than that one', async () => {
    const { id } = await api.authorised();
    await api.operate(id, 'capture', { amount: 1_000, final: false });
    await api.operate(id, 'capture', { amount: 3_200 });
    const events = await api.captureEvents(id);
    const transactionEventId = events[0]?.id;
    expect((await api.operate(id, 'refund', { transactionEventId, amount: 1_001 })).status).toBe(422);
    const whole = await api.operate(id, 'refund', { transactionEventId });
    expect(whole.body).toMatchObject({ processor: { amountRefunded: 1_000 } });
    expect((await api.operate(id, 'refund', { transactionEventId, amount: 1 })).status).toBe(422);
  });

  it('of nothing captured is refused', async () => {
    const { id } = await api.authorised();
    expect(await api.operate(id, 'refund')).toMatchObject({
      status: 400,
      body: { error: { errorId: 'InvalidPaymentStatus', description: 'An authorized payment cannot be refunded' } },
    });
  });
});
