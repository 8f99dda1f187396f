import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { Emulator, type PrimerErrorBody, temporaryFolder } from './emulator.ts';
import { ORDER, type PaymentBody, PaymentsApi } from './payment-api.ts';

const CHALLENGED = '4916994064252017';
const FRICTIONLESS = '4929251897047956';
const SOME_TOKEN = 'a2a9f3c4-5b8e-4a6f-9d0c-1e2f3a4b5c6d';

const folder = temporaryFolder();
let emulator: Emulator;
let api: PaymentsApi;

beforeAll(async () => {
  emulator = await Emulator.start(join(folder.path, 'three-d-secure.db'));
  api = new PaymentsApi(emulator);
});

afterAll(async () => {
  await emulator.stop();
  folder.remove();
});

async function challenged(wish: object = {}): Promise<PaymentBody> {
  const paymentMethodToken = await api.token({ cardNumber: CHALLENGED });
  return (await api.create({ ...ORDER, paymentMethodToken, ...wish })).body;
}

async function answerChallenge(id: string, passed: boolean): Promise<string> {
  const answer = await emulator.control<{ resumeToken: string }>('POST', `/payments/${id}/challenge`, { passed });
  if (answer.status !== 200) throw new Error(`The challenge was not answered: ${answer.status} ${answer.text}`);
  return answer.body.resumeToken;
}

it('a card whose bank asks the shopper waits, and says for what', async () => {
  expect(await challenged()).toMatchObject({
    status: 'PENDING',
    requiredAction: { name: '3DS_AUTHENTICATION', clientToken: expect.any(String) },
    paymentMethod: { threeDSecureAuthentication: { responseCode: 'CHALLENGE', challengeIssued: true } },
    transactions: [],
  });
});

it.each([
  [true, 'AUTHORIZED', 'AUTH_SUCCESS'],
  [false, 'DECLINED', 'AUTH_FAILED'],
])('a resumed payment whose shopper passed (%s) is %s', async (passed, status, responseCode) => {
  const { id } = await challenged();
  const resumeToken = await answerChallenge(id, passed);
  const resumed = await api.operate(id, 'resume', { resumeToken });
  expect(resumed).toMatchObject({
    status: 200,
    body: { status, paymentMethod: { threeDSecureAuthentication: { responseCode } } },
  });
  expect(resumed.body.requiredAction).toBeUndefined();
});

it('a payment that waits for nothing answers a resume with 202, and nothing happens', async () => {
  const { id } = await challenged();
  const resumeToken = await answerChallenge(id, true);
  const { body } = await api.operate(id, 'resume', { resumeToken });
  const again = await api.operate<PrimerErrorBody>(id, 'resume', { resumeToken });
  expect(again).toMatchObject({ status: 202, body: { error: { errorId: 'NoActionsToHandle' } } });
  expect((await emulator.primer('GET', `/payments/${id}`)).body).toEqual(body);
});

it('an idempotency key means nothing to a resume, which the documents give none', async () => {
  const headers = { 'x-idempotency-key': 'one-key-for-two' };
  for (let payment = 0; payment < 2; payment += 1) {
    const { id } = await challenged();
    expect((await api.operate(id, 'resume', { resumeToken: await answerChallenge(id, true) }, headers)).status).toBe(
      200,
    );
  }
});

it('a wrong resume token changes nothing', async () => {
  const waiting = await challenged();
  await answerChallenge(waiting.id, true);
  expect((await api.operate(waiting.id, 'resume', { resumeToken: SOME_TOKEN })).status).toBe(400);
  expect((await api.operate(waiting.id, 'resume', { resumeToken: 'no uuid' })).status).toBe(422);
  expect((await emulator.primer('GET', `/payments/${waiting.id}`)).body).toEqual(waiting);
});

it('a card whose bank asks nobody is authorised at once', async () => {
  const paymentMethodToken = await api.token({ cardNumber: FRICTIONLESS });
  expect((await api.create({ ...ORDER, paymentMethodToken })).body).toMatchObject({
    status: 'AUTHORIZED',
    paymentMethod: { threeDSecureAuthentication: { responseCode: 'AUTH_SUCCESS', challengeIssued: false } },
    riskData: { fraudChecks: { preAuthorizationResult: 'THREE_DS' } },
  });
});

it('a payment that the merchant starts asks no shopper', async () => {
  const { body } = await api.create({
    ...ORDER,
    paymentMethodToken: await api.token({ cardNumber: CHALLENGED, reusable: true }),
    paymentMethod: { paymentType: 'SUBSCRIPTION' },
  });
  expect(body).toMatchObject({
    status: 'AUTHORIZED',
    paymentMethod: { threeDSecureAuthentication: { responseCode: 'SKIPPED' } },
  });
});

it('a card is kept after the shopper passed, when that was asked for', async () => {
  const { id } = await challenged({ customerId: 'customer-1', paymentMethod: { vaultOn3DS: true } });
  const { body } = await api.operate(id, 'resume', { resumeToken: await answerChallenge(id, true) });
  expect(body.paymentMethod.isVaulted).toBe(true);
});

it('an approved attempt goes on by itself once the shopper has answered', async () => {
  const { paymentAttemptId } = await emulator.startAttempt({ cardNumber: CHALLENGED });
  const { merchantPaymentId } = (await emulator.approve(paymentAttemptId)).body;
  const before = await emulator.primer<PaymentBody>('GET', `/payments/${merchantPaymentId}`);
  expect(before.body.status).toBe('PENDING');
  await answerChallenge(merchantPaymentId, true);
  const after = await emulator.primer<PaymentBody>('GET', `/payments/${merchantPaymentId}`);
  expect(after.body.status).toBe('AUTHORIZED');
});

it('a payment that waits can be cancelled, and then waits no more', async () => {
  const { id } = await challenged();
  const resumeToken = await answerChallenge(id, true);
  expect((await api.operate(id, 'cancel')).body.status).toBe('CANCELLED');
  expect((await api.operate(id, 'resume', { resumeToken })).status).toBe(202);
});

it('a challenge that nobody made cannot be answered', async () => {
  const { id } = await api.authorised();
  expect((await emulator.control('POST', `/payments/${id}/challenge`, {})).status).toBe(422);
  expect((await emulator.control('POST', '/payments/AAAAAAAA/challenge', {})).status).toBe(404);
});

it.each([
  [{ processorMerchantId: 'sandbox-merchant' }, 200, 'AUTHORIZED', undefined],
  [{ processorMerchantId: 'shared-merchant', name: 'SECOND_SANDBOX_PROCESSOR' }, 200, 'AUTHORIZED', undefined],
  [{ processorMerchantId: 'shared-merchant' }, 400, undefined, 'MerchantAccountConflict'],
  [{ processorMerchantId: 'nobody' }, 400, undefined, 'MerchantAccountNotFound'],
])('a waiting payment that is sent to %j by hand answers %i', async (processor, status, paymentStatus, errorId) => {
  const { id } = await challenged();
  const answer = await api.operate<PaymentBody & PrimerErrorBody>(id, 'authorize', { processor });
  expect(answer.status).toBe(status);
  expect(answer.body.status).toBe(paymentStatus);
  expect(answer.body.error?.errorId).toBe(errorId);
});

it('an authorised payment cannot be authorised again', async () => {
  const { id } = await api.authorised();
  const body = { processor: { processorMerchantId: 'sandbox-merchant' } };
  expect(await api.operate(id, 'authorize', body)).toMatchObject({
    status: 400,
    body: { error: { errorId: 'PaymentAlreadyAuthorized' } },
  });
  await api.operate(id, 'cancel');
  expect(await api.operate(id, 'authorize', body)).toMatchObject({
    status: 400,
    body: { error: { errorId: 'InvalidPaymentStatus', description: 'A cancelled payment cannot be authorized' } },
  });
});

it('an amount that was authorised by estimate can be changed before a capture, by a processor that can', async () => {
  const paymentMethod = { authorizationType: 'ESTIMATED' };
  const estimated = await api.authorised({ paymentMethod });
  const adjusted = await api.operate(estimated.id, 'adjust-authorization', {
    amount: 5_000,
    expand: ['transactions.events'],
  });
  expect(adjusted.body).toMatchObject({
    status: 'AUTHORIZED',
    amount: 5_000,
    transactions: [{ amount: 5_000, events: [{}, { type: 'AUTHORIZATION_ADJUSTMENT_SUCCEEDED', amount: 5_000 }] }],
  });
  expect((await api.operate(estimated.id, 'capture')).body.processor.amountCaptured).toBe(5_000);
  expect((await api.operate(estimated.id, 'adjust-authorization', { amount: 1 })).body).toMatchObject({
    error: { errorId: 'PaymentIsNotAuthorizedYet' },
  });

  const final = await api.authorised();
  expect((await api.operate(final.id, 'adjust-authorization', { amount: 1 })).body).toMatchObject({
    error: { errorId: 'IncorrectPaymentAuthorizationType' },
  });

  const elsewhere = await challenged({ paymentMethod });
  await api.operate(elsewhere.id, 'authorize', {
    processor: { processorMerchantId: 'shared-merchant', name: 'SECOND_SANDBOX_PROCESSOR' },
  });
  expect((await api.operate(elsewhere.id, 'adjust-authorization', { amount: 1 })).body).toMatchObject({
    error: { errorId: 'AdjustAuthorizationNotSupported' },
  });
});
