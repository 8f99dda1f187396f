import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { type Answer, Emulator, type PrimerErrorBody, SECOND_API_KEY, temporaryFolder } from './emulator.ts';
import { type PaymentBody, PaymentsApi } from './payment-api.ts';

const folder = temporaryFolder();
let emulator: Emulator;
let api: PaymentsApi;

beforeAll(async () => {
  emulator = await Emulator.start(join(folder.path, 'refusals.db'));
  api = new PaymentsApi(emulator);
});

afterAll(async () => {
  await emulator.stop();
  folder.remove();
});

describe('a body that does not fit', () => {
  it.each([
    ['', { paymentMethodToken: 'x', amount: '1' }, '$.amount', 'Value must be a valid integer'],
    ['', { paymentMethodToken: 'x', amount: 2 ** 53 }, '$.amount', expect.any(String)],
    ['', { amount: 1 }, '$.paymentMethodToken', 'Missing required field'],
    ['', { paymentMethodToken: 'x', orderId: 'o'.repeat(257) }, '$.orderId', expect.any(String)],
    ['', { paymentMethodToken: 'x', currencyCode: 'EURO' }, '$.currencyCode', expect.any(String)],
    [
      '',
      { paymentMethodToken: 'x', paymentMethod: { paymentType: 'WEEKLY' } },
      '$.paymentMethod.paymentType',
      expect.any(String),
    ],
    ['', { paymentMethodToken: 'x', paymentInstrument: {} }, '$', 'Additional properties are not allowed'],
    ['/x/capture', { amount: -1 }, '$.amount', expect.any(String)],
    ['/x/capture', { final: 'yes' }, '$.final', 'Value must be a valid boolean'],
    ['/x/refund', { amount: 1.5 }, '$.amount', 'Value must be a valid integer'],
    ['/x/refund', { transactionEventId: 'none' }, '$.transactionEventId', expect.any(String)],
    ['/x/cancel', { amount: 1 }, '$', 'Additional properties are not allowed'],
    ['/x/authorize', { processor: {} }, '$.processor.processorMerchantId', 'Missing required field'],
    ['/x/adjust-authorization', {}, '$.amount', 'Missing required field'],
    ['/x/resume', {}, '$.resumeToken', 'Missing required field'],
  ])('of POST /payments%s: %j is a 422 that says where, before anything is looked up', async (path, body, at, text) => {
    const answer = await emulator.primer<PrimerErrorBody>('POST', `/payments${path}`, { body });
    expect(answer).toMatchObject({ status: 422, body: { error: { errorId: 'RequestValidationError' } } });
    expect(answer.body.error.validationErrors).toMatchObject([{ errors: [{ path: at, description: text }] }]);
  });

  it.each(['/payments', '/payments/x/capture'])('of %s: metadata without a name for a value is a 400', async (path) => {
    const body = { paymentMethodToken: 'x', metadata: { '': 1 } };
    const { paymentMethodToken: _token, ...capture } = body;
    const answer = await emulator.primer('POST', path, { body: path === '/payments' ? body : capture });
    expect(answer).toMatchObject({ status: 400, body: { error: { errorId: 'MetadataContainsEmptyKey' } } });
  });
});

describe('a payment that nobody knows', () => {
  it.each([
    ['capture', {}, 400, 'PaymentError'],
    ['cancel', {}, 400, 'PaymentError'],
    ['refund', {}, 400, 'PaymentError'],
    ['resume', { resumeToken: 'a2a9f3c4-5b8e-4a6f-9d0c-1e2f3a4b5c6d' }, 400, 'PaymentError'],
    ['authorize', { processor: { processorMerchantId: 'sandbox-merchant' } }, 404, 'PaymentNotFoundError'],
    ['adjust-authorization', { amount: 1 }, 404, 'EntityNotFound'],
  ])("or is another tenant's answers %s as documented", async (operation, body, status, errorId) => {
    const mine = await api.authorised();
    const answers: Answer<PrimerErrorBody>[] = [
      await api.operate<PrimerErrorBody>('AAAAAAAA', operation, body),
      await api.operate<PrimerErrorBody>(mine.id, operation, body, { 'x-api-key': SECOND_API_KEY }),
    ];
    for (const answer of answers) expect(answer).toMatchObject({ status, body: { error: { errorId } } });
    const after = await emulator.primer<PaymentBody>('GET', `/payments/${mine.id}`);
    expect(after.body).toEqual(mine);
  });
});
