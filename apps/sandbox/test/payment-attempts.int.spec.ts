import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { join } from 'node:path';
import { Emulator, type PrimerErrorBody, SECOND_API_KEY, temporaryFolder } from './emulator.ts';

const UNKNOWN_ID = '6c5d3a30-3c2e-4f55-9d8e-5b3d5e3a5c7f';
const folder = temporaryFolder();
let emulator: Emulator;

beforeAll(async () => {
  emulator = await Emulator.start(join(folder.path, 'attempts.db'));
});

afterAll(async () => {
  await emulator.stop();
  folder.remove();
});

/** An attempt that awaits approval. */
async function awaiting(): Promise<string> {
  return (await emulator.startAttempt()).paymentAttemptId;
}

/** Brings an attempt into a situation and answers its id. */
const given = {
  'awaiting approval': awaiting,
  'approved before': async () => {
    const id = await awaiting();
    await emulator.approve(id);
    return id;
  },
  'aborted before': async () => {
    const id = await awaiting();
    await emulator.abort(id);
    return id;
  },
  'expired at once': async () => (await emulator.startAttempt({ ttlSeconds: 0 })).paymentAttemptId,
  'expired by the clock': async () => {
    const id = (await emulator.startAttempt({ ttlSeconds: 60 })).paymentAttemptId;
    emulator.clock.advance(60_000);
    return id;
  },
  'of an AUTO session': async () => (await emulator.startAttempt({ approvalMode: 'AUTO' })).paymentAttemptId,
  superseded: async () => {
    const older = await emulator.startAttempt();
    await emulator.startAttempt({ clientSessionId: older.clientSessionId });
    return older.paymentAttemptId;
  },
  'the newest of its session': async () => {
    const older = await emulator.startAttempt();
    return (await emulator.startAttempt({ clientSessionId: older.clientSessionId })).paymentAttemptId;
  },
  unknown: async () => UNKNOWN_ID,
} satisfies Record<string, () => Promise<string>>;

type Situation = keyof typeof given;

describe('POST /payment-attempts/{id}/approve', () => {
  it.each<Situation>(['awaiting approval', 'the newest of its session'])(
    'answers 200 with the payment id for an attempt %s',
    async (situation) => {
      const id = await given[situation]();
      const answer = await emulator.approve(id);
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({
        paymentAttemptId: id,
        merchantPaymentId: expect.stringMatching(/^[A-Za-z0-9]{8,}$/),
      });
      expect(await emulator.attempt(id)).toMatchObject({
        approvalStatus: 'APPROVED',
        paymentId: answer.body.merchantPaymentId,
        calls: { approve: 1, abort: 0 },
      });
    },
  );

  it.each<[Situation, number, string, string]>([
    ['unknown', 404, 'PaymentAttemptNotFound', 'The payment attempt could not be found.'],
    [
      'of an AUTO session',
      409,
      'ClientSessionNotManual',
      'The client session must be in MANUAL approval mode to approve a payment attempt.',
    ],
    [
      'superseded',
      409,
      'InvalidPaymentAttemptTransition',
      'The payment attempt is not the current attempt for its session, or it is already in a terminal state.',
    ],
    [
      'aborted before',
      409,
      'InvalidPaymentAttemptTransition',
      'The payment attempt is not the current attempt for its session, or it is already in a terminal state.',
    ],
    [
      'approved before',
      409,
      'IdempotencyKeyAlreadyExists',
      'A concurrent or duplicate approve has already created a payment for this payment attempt.',
    ],
    ['expired at once', 410, 'PaymentAttemptExpired', 'The payment attempt has expired and can no longer be approved.'],
    [
      'expired by the clock',
      410,
      'PaymentAttemptExpired',
      'The payment attempt has expired and can no longer be approved.',
    ],
  ])('answers an attempt %s with %i %s', async (situation, status, errorId, description) => {
    const answer = await emulator.primer<PrimerErrorBody>(
      'POST',
      `/payment-attempts/${await given[situation]()}/approve`,
    );
    expect(answer.status).toBe(status);
    expect(answer.body.error).toMatchObject({ errorId, description, diagnosticsId: expect.stringMatching(/^\d{10}$/) });
  });

  it('names the payment that an earlier approve has made', async () => {
    const id = await awaiting();
    const first = await emulator.approve(id);
    const second = await emulator.primer<PrimerErrorBody>('POST', `/payment-attempts/${id}/approve`);
    expect(second.body.error).toMatchObject({ paymentId: first.body.merchantPaymentId, paymentStatus: 'AUTHORIZED' });
  });

  it('makes one payment when twenty approves arrive together', async () => {
    const id = await awaiting();
    const answers = await Promise.all(Array.from({ length: 20 }, async () => emulator.approve(id)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(19);
    const effects = (await emulator.journal(id)).filter(({ name }) => name === 'PAYMENT_CREATED');
    expect(effects).toHaveLength(1);
  });

  it('takes a UUID in capitals for the same attempt', async () => {
    const id = await awaiting();
    expect((await emulator.approve(id.toUpperCase())).status).toBe(200);
    expect((await emulator.attempt(id)).approvalStatus).toBe('APPROVED');
  });
});

describe('POST /payment-attempts/{id}/abort', () => {
  it.each<Situation>(['awaiting approval', 'superseded'])('answers 200 for an attempt %s', async (situation) => {
    const id = await given[situation]();
    expect(await emulator.abort(id, { body: { reason: 'fraud-check-failed' } })).toMatchObject({
      status: 200,
      body: { paymentAttemptId: id },
    });
    const view = await emulator.attempt(id);
    expect(view).toMatchObject({ approvalStatus: 'ABORTED', calls: { approve: 0, abort: 1 } });
    expect(view.paymentId).toBeUndefined();
  });

  it.each([
    ['no body', {}],
    ['an empty body', { rawBody: '' }],
    ['an empty object', { body: {} }],
  ])('takes %s', async (_name, options) => {
    expect((await emulator.abort(await awaiting(), options)).status).toBe(200);
  });

  it.each<[Situation, number, string, string]>([
    ['unknown', 404, 'PaymentAttemptNotFound', 'The payment attempt could not be found.'],
    [
      'approved before',
      409,
      'InvalidPaymentAttemptTransition',
      'The payment attempt is not in REQUIRES_APPROVAL — it has already been approved or aborted.',
    ],
    [
      'aborted before',
      409,
      'InvalidPaymentAttemptTransition',
      'The payment attempt is not in REQUIRES_APPROVAL — it has already been approved or aborted.',
    ],
    ['expired at once', 410, 'PaymentAttemptExpired', 'The payment attempt has expired and can no longer be aborted.'],
  ])('answers an attempt %s with %i %s', async (situation, status, errorId, description) => {
    const answer = await emulator.abort(await given[situation]());
    expect(answer.status).toBe(status);
    expect(answer.body['error']).toMatchObject({ errorId, description });
  });

  it.each([
    ['not JSON', { rawBody: '{"reason":' }, 400, 'BadRequest'],
    ['another field', { body: { reason: 'x', note: 'y' } }, 422, 'RequestValidationError'],
    ['a reason that is no text', { body: { reason: 7 } }, 422, 'RequestValidationError'],
    ['a list', { body: [] }, 422, 'RequestValidationError'],
  ])('answers %s as body with %i and leaves the attempt alone', async (_name, options, status, errorId) => {
    const id = await awaiting();
    const answer = await emulator.primer<PrimerErrorBody>('POST', `/payment-attempts/${id}/abort`, options);
    expect(answer).toMatchObject({ status, body: { error: { errorId } } });
    expect((await emulator.attempt(id)).approvalStatus).toBe('REQUIRES_APPROVAL');
  });
});

describe.each(['approve', 'abort'])('%s refuses before it looks at the attempt:', (call) => {
  it.each([
    ['no key', { 'x-api-key': '' }, 401, 'Unauthorized'],
    ['a wrong key', { 'x-api-key': 'somebody-else' }, 401, 'Unauthorized'],
    ['no version', { 'x-api-version': '' }, 422, 'RequestValidationError'],
    ['another version', { 'x-api-version': '2.1' }, 422, 'RequestValidationError'],
    ["another tenant's key", { 'x-api-key': SECOND_API_KEY }, 404, 'PaymentAttemptNotFound'],
  ])('%s', async (_name, headers, status, errorId) => {
    const id = await awaiting();
    const answer = await emulator.primer<PrimerErrorBody>('POST', `/payment-attempts/${id}/${call}`, { headers });
    expect(answer).toMatchObject({ status, body: { error: { errorId } } });
    expect(await emulator.attempt(id)).toMatchObject({
      approvalStatus: 'REQUIRES_APPROVAL',
      calls: { approve: 0, abort: 0 },
    });
  });

  it('a wrong key, before a body that is not JSON', async () => {
    const answer = await emulator.primer('POST', `/payment-attempts/${UNKNOWN_ID}/${call}`, {
      rawBody: '{',
      headers: { 'x-api-key': 'somebody-else' },
    });
    expect(answer.status).toBe(401);
  });

  it('an id that is no UUID', async () => {
    const answer = await emulator.primer<PrimerErrorBody>('POST', `/payment-attempts/not-a-uuid/${call}`);
    expect(answer.status).toBe(422);
    expect(answer.body.error.validationErrors).toMatchObject([{ errors: [{ path: '$.id' }] }]);
  });
});

it('makes at most one payment for an attempt, whatever is called in whatever order', async () => {
  const step = fc.constantFrom('approve', 'abort', 'expire', 'supersede');
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (sequence) => {
      const { paymentAttemptId: id, clientSessionId } = await emulator.startAttempt({ ttlSeconds: 60 });
      const statuses: number[] = [];
      for (const next of sequence) {
        if (next === 'approve') statuses.push((await emulator.approve(id)).status);
        if (next === 'abort') statuses.push((await emulator.abort(id)).status);
        if (next === 'expire') emulator.clock.advance(60_000);
        if (next === 'supersede') await emulator.startAttempt({ clientSessionId });
      }
      const names = (await emulator.journal(id)).map(({ name }) => name);
      const payments = names.filter((name) => name === 'PAYMENT_CREATED').length;
      const aborts = names.filter((name) => name === 'ATTEMPT_ABORTED').length;
      expect(payments + aborts).toBeLessThanOrEqual(1);
      expect(statuses.filter((status) => status === 200)).toHaveLength(payments + aborts);
      expect((await emulator.attempt(id)).paymentId === undefined).toBe(payments === 0);
    }),
    { numRuns: 60 },
  );
});
