import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { Emulator, temporaryFolder } from './emulator.ts';
import { ORDER, PaymentsApi } from './payment-api.ts';

const CLERK = { 'x-api-key': 'key-of-the-clerk' };
const folder = temporaryFolder();
let emulator: Emulator;
let api: PaymentsApi;

beforeAll(async () => {
  emulator = await Emulator.start(join(folder.path, 'scopes.db'), {
    limitedApiKeys: 'key-of-the-clerk=transactions:retrieve+transactions:refund,key-of-the-till=transactions:authorize',
  });
  api = new PaymentsApi(emulator);
});

afterAll(async () => {
  await emulator.stop();
  folder.remove();
});

it('a key does what its scopes allow, on the payments of its merchant, and nothing else', async () => {
  const { id } = await api.captured();
  const { paymentAttemptId } = await emulator.startAttempt();
  const statuses = {
    retrieve: (await emulator.primer('GET', `/payments/${id}`, { headers: CLERK })).status,
    list: (await emulator.primer('GET', '/payments', { headers: CLERK })).status,
    refund: (await api.operate(id, 'refund', { amount: 1 }, CLERK)).status,
    capture: (await api.operate(id, 'capture', {}, CLERK)).status,
    cancel: (await api.operate(id, 'cancel', {}, CLERK)).status,
    create: (await api.create({ ...ORDER, paymentMethodToken: 'x' }, CLERK)).status,
    session: (await emulator.primer('POST', '/client-session', { body: {}, headers: CLERK })).status,
    approve: (await emulator.approve(paymentAttemptId, CLERK)).status,
    abort: (await emulator.abort(paymentAttemptId, { headers: CLERK })).status,
  };
  expect(statuses).toEqual({
    retrieve: 200,
    list: 200,
    refund: 200,
    capture: 403,
    cancel: 403,
    create: 403,
    session: 403,
    approve: 403,
    abort: 403,
  });
  expect((await emulator.approve(paymentAttemptId, { 'x-api-key': 'key-of-the-till' })).status).toBe(200);
});

it('the key is asked for its scope before the version, the body and what is asked for', async () => {
  const answer = await emulator.primer('POST', '/payments/nobody/capture', {
    rawBody: 'no json',
    headers: { ...CLERK, 'x-api-version': '1' },
  });
  expect(answer).toMatchObject({ status: 403, body: { error: { errorId: 'Forbidden' } } });
});

it('an attempt of an AUTO session is paid at once, and is no approved one', async () => {
  const { paymentAttemptId } = await emulator.startAttempt({ approvalMode: 'AUTO' });
  const attempt = await emulator.attempt(paymentAttemptId);
  expect(attempt).toMatchObject({ approvalStatus: 'APPROVED', calls: { approve: 0 } });
  expect((await emulator.primer('GET', `/payments/${attempt.paymentId}`)).body).toMatchObject({ status: 'AUTHORIZED' });
  expect((await emulator.approve(paymentAttemptId)).body).toMatchObject({
    error: { errorId: 'ClientSessionNotManual' },
  });
});
