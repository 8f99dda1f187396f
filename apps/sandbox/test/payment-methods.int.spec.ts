import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { Emulator, temporaryFolder } from './emulator.ts';
import { ORDER, PaymentsApi } from './payment-api.ts';

const EMAIL = 'ada@example.com';

const folder = temporaryFolder();
let emulator: Emulator;
let api: PaymentsApi;

beforeAll(async () => {
  emulator = await Emulator.start(join(folder.path, 'methods.db'));
  api = new PaymentsApi(emulator);
});

afterAll(async () => {
  await emulator.stop();
  folder.remove();
});

async function listed(filter: string): Promise<string[]> {
  const { body } = await emulator.primer<{ data: { id: string }[] }>('GET', `/payments?${filter}`);
  return body.data.map(({ id }) => id);
}

describe.each([
  ['PAYPAL', 'paypalOrderId', 'paypalBillingAgreementId', 'paypal_email'],
  ['KLARNA', 'klarnaAuthorizationToken', 'klarnaCustomerToken', 'klarna_email'],
])('a payment by %s', (paymentMethodType, once, vaulted, filter) => {
  const account = { paymentMethodType, cardNumber: undefined, emailAddress: EMAIL };

  it('is approved, captured and refunded like another, and says how it is paid', async () => {
    const { paymentAttemptId, paymentMethodToken } = await emulator.startAttempt(account);
    expect(paymentMethodToken.paymentInstrumentType).toBe(paymentMethodType);
    const id = (await emulator.approve(paymentAttemptId)).body.merchantPaymentId;
    const { body } = await emulator.primer('GET', `/payments/${id}`);
    expect(body).toMatchObject({
      status: 'AUTHORIZED',
      paymentMethod: {
        paymentMethodType,
        paymentMethodData: { [once]: expect.any(String) },
        threeDSecureAuthentication: { responseCode: 'NOT_PERFORMED' },
      },
    });
    expect(body).not.toHaveProperty('cardTokenType');
    expect(JSON.stringify(body)).toContain(EMAIL);
    expect((await api.operate(id, 'capture')).body.status).toBe('SETTLING');
    expect((await api.operate(id, 'refund')).status).toBe(200);
  });

  it.each([
    ['DECLINE', 'DECLINED'],
    ['FAIL', 'FAILED'],
  ])('of which the mock shall say %s is %s', async (outcome, status) => {
    const paymentMethodToken = await api.token({ ...account, outcome });
    expect((await api.create({ ...ORDER, paymentMethodToken })).body.status).toBe(status);
  });

  it('can be vaulted, and is found by method and by e-mail address', async () => {
    const emailAddress = `${paymentMethodType.toLowerCase()}@example.com`;
    const paymentMethodToken = await api.token({ ...account, emailAddress, customerId: 'c1', reusable: true });
    const { body } = await api.create({ ...ORDER, paymentMethodToken });
    expect(body).toMatchObject({
      paymentMethod: { isVaulted: true, paymentMethodData: { [vaulted]: expect.any(String) } },
    });
    expect(await listed(`${filter}=${emailAddress}`)).toEqual([body.id]);
    expect(await listed(`payment_method_type=${paymentMethodType}`)).toContain(body.id);
    expect(await listed('payment_method_type=PAYMENT_CARD')).not.toContain(body.id);
  });
});

describe('a payment by Sofort, a transfer from the shopper’s bank', () => {
  it('is approved, captured and refunded like another, and is found by its method', async () => {
    const { paymentAttemptId } = await emulator.startAttempt({ paymentMethodType: 'ADYEN_SOFORT' });
    const id = (await emulator.approve(paymentAttemptId)).body.merchantPaymentId;
    const { body } = await emulator.primer('GET', `/payments/${id}`);
    expect(body).toMatchObject({ status: 'AUTHORIZED', paymentMethod: { paymentMethodType: 'ADYEN_SOFORT' } });
    expect(body).not.toHaveProperty('cardTokenType');
    expect(body['paymentMethod']).not.toHaveProperty('paymentMethodData');
    expect(await listed('payment_method_type=ADYEN_SOFORT')).toEqual([id]);
    expect((await api.operate(id, 'capture')).body.status).toBe('SETTLING');
    expect((await api.operate(id, 'refund')).status).toBe(200);
  });

  it('is declined when the mock shall say so', async () => {
    const paymentMethodToken = await api.token({
      paymentMethodType: 'ADYEN_SOFORT',
      cardNumber: undefined,
      outcome: 'DECLINE',
    });
    expect((await api.create({ ...ORDER, paymentMethodToken })).body.status).toBe('DECLINED');
  });
});

it('the authorisation of a payment without a card cannot be adjusted', async () => {
  const paymentMethodToken = await api.token({ paymentMethodType: 'PAYPAL', cardNumber: undefined });
  const paymentMethod = { authorizationType: 'ESTIMATED' };
  const { body } = await api.create({ ...ORDER, paymentMethodToken, paymentMethod });
  expect(await api.operate(body.id, 'adjust-authorization', { amount: 5_000 })).toMatchObject({
    status: 400,
    body: { error: { errorId: 'AdjustAuthorizationNonCardPayment' } },
  });
});

it('a list by a method that Primer does not know is a 422', async () => {
  expect((await emulator.primer('GET', '/payments?payment_method_type=SOFORT')).status).toBe(422);
});

it('a card of a customer of whom network tokens are tried out is one', async () => {
  const paymentMethodToken = await api.token();
  const { body } = await api.create({ ...ORDER, paymentMethodToken, customerId: 'primer-nt-testing.1' });
  expect(body).toMatchObject({
    cardTokenType: 'NETWORK_TOKEN',
    paymentMethod: {
      paymentMethodData: { isNetworkTokenized: true, binData: { accountNumberType: 'NETWORK_TOKEN' } },
    },
    transactions: [{ cardTokenType: 'NETWORK_TOKEN' }],
  });
});

it('a token of a card needs its number', async () => {
  expect((await emulator.control('POST', '/tokens', {})).status).toBe(422);
  expect((await emulator.control('POST', '/tokens', { paymentMethodType: 'SOFORT' })).status).toBe(422);
});
