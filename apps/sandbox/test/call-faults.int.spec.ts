import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@tollgate/testing';
import { join } from 'node:path';
import type { FaultList } from '../src/control/faults.schema.ts';
import { type Answer, Emulator, SECOND_API_KEY, temporaryFolder } from './emulator.ts';

const folder = temporaryFolder();
let emulator: Emulator;

beforeAll(async () => {
  emulator = await Emulator.start(join(folder.path, 'faults.db'));
});

afterEach(async () => {
  await emulator.control('DELETE', '/faults');
});

afterAll(async () => {
  await emulator.stop();
  folder.remove();
});

async function setFaults(...faults: object[]): Promise<FaultList['data']> {
  const { status, body, text } = await emulator.control<FaultList>('POST', '/faults', faults);
  if (status !== 201) throw new Error(`The faults were refused: ${status} ${text}`);
  return body.data;
}

/** A new attempt whose next call is struck by a fault. */
async function startStruck(fault: object): Promise<string> {
  const { paymentAttemptId } = await emulator.startAttempt();
  await setFaults({ attemptId: paymentAttemptId, ...fault });
  return paymentAttemptId;
}

async function journalOf(attemptId: string): Promise<string[]> {
  const entries = await emulator.journal(attemptId);
  return entries.map(({ name, facts }) =>
    facts['fault'] === undefined ? name : `${name} ${facts['fault'] as string}`,
  );
}

const APPROVED = ['approve_payment_attempt', 'PAYMENT_CREATED', 'ATTEMPT_APPROVED'];

describe('an approve that takes no effect', () => {
  it.each([
    ['ANSWER 409', { kind: 'ANSWER', status: 409 }, 409, 'InvalidPaymentAttemptTransition'],
    ['ANSWER 410', { kind: 'ANSWER', status: 410 }, 410, 'PaymentAttemptExpired'],
    ['ANSWER 429', { kind: 'ANSWER', status: 429, retryAfterSeconds: 3 }, 429, 'TooManyRequests'],
    ['ANSWER 503', { kind: 'ANSWER', status: 503, errorId: 'Overloaded' }, 503, 'Overloaded'],
  ])('%s is answered so once, and the next one is answered right', async (_name, fault, status, errorId) => {
    const id = await startStruck(fault);
    const struck = await emulator.approve(id);
    expect(struck).toMatchObject({ status, body: { error: { errorId } } });
    expect((await emulator.approve(id)).status).toBe(200);
    expect(await journalOf(id)).toEqual(['ATTEMPT_CREATED', 'approve_payment_attempt ANSWER', ...APPROVED]);
  });

  it('says when to come back', async () => {
    const id = await startStruck({ kind: 'ANSWER', status: 429, retryAfterSeconds: 3 });
    const response = await fetch(`${emulator.url}/payment-attempts/${id}/approve`, {
      method: 'POST',
      headers: { 'x-api-key': 'primer-api-key-of-the-tests', 'x-api-version': '2.4' },
    });
    expect(response.headers.get('retry-after')).toBe('3');
    await response.body?.cancel();
  });

  it('is one whose connection was reset', async () => {
    const id = await startStruck({ kind: 'RESET' });
    await expect(emulator.approve(id)).rejects.toThrow('fetch failed');
    expect(await emulator.attempt(id)).toMatchObject({ approvalStatus: 'REQUIRES_APPROVAL' });
  });

  it('is answered 504 after 90 seconds of silence', async () => {
    const id = await startStruck({ kind: 'HANG' });
    const answer = whenAnswered(emulator.approve(id));
    await eventually(async () => expect(await journalOf(id)).toContain('approve_payment_attempt HANG'));
    await emulator.control('POST', '/clock', { advanceMs: 89_000 });
    expect(answer.settled).toBe(false);
    await emulator.control('POST', '/clock', { advanceMs: 2_000 });
    expect(await answer.answer).toMatchObject({ status: 504, body: { error: { errorId: 'GatewayTimeout' } } });
    expect(await emulator.attempt(id)).toMatchObject({ approvalStatus: 'REQUIRES_APPROVAL' });
  });

  it('is one whose attempt expired just before it', async () => {
    const id = await startStruck({ kind: 'EXPIRE' });
    expect((await emulator.approve(id)).status).toBe(410);
    expect(await emulator.attempt(id)).toMatchObject({ approvalStatus: 'EXPIRED' });
    expect(await journalOf(id)).toEqual([
      'ATTEMPT_CREATED',
      'ATTEMPT_EXPIRED EXPIRE',
      'approve_payment_attempt EXPIRE',
    ]);
  });

  it('is one whose attempt stopped being the current one', async () => {
    const id = await startStruck({ kind: 'NOT_CURRENT' });
    expect(await emulator.approve(id)).toMatchObject({
      status: 409,
      body: { error: { errorId: 'InvalidPaymentAttemptTransition' } },
    });
    expect(await emulator.attempt(id)).toMatchObject({ isCurrent: false });
  });
});

describe('an approve that takes effect', () => {
  it('whose answer drips is cut off where 90 seconds end', async () => {
    const id = await startStruck({ kind: 'SLOW_DRIP', intervalMs: 60_000 });
    const answer = whenAnswered(emulator.approve(id));
    const end = answer.answer.then(
      () => 'whole',
      () => 'cut off',
    );
    await eventually(async () => expect(await journalOf(id)).toContain('ATTEMPT_APPROVED'));
    await eventually(async () => {
      await emulator.control('POST', '/clock', { advanceMs: 10_000 });
      expect(answer.settled).toBe(true);
    });
    expect(await end).toBe('cut off');
    expect((await emulator.control<{ aheadMs: number }>('GET', '/clock')).body.aheadMs).toBeLessThan(3_600_000);
  });

  it.each([
    ['whose answer is lost', { kind: 'LOST_ANSWER' }],
    ['whose answer is half a body', { kind: 'MALFORMED_BODY' }],
    ['whose answer is no JSON', { kind: 'MALFORMED_BODY', form: 'NOT_JSON' }],
    ['whose answer is an error', { kind: 'ANSWER', status: 500, afterEffect: true }],
  ])('%s makes one payment', async (_name, fault) => {
    const id = await startStruck(fault);
    await emulator.approve(id).catch(() => undefined);
    expect(await emulator.attempt(id)).toMatchObject({ approvalStatus: 'APPROVED' });
    expect(await emulator.approve(id)).toMatchObject({
      status: 409,
      body: { error: { errorId: 'IdempotencyKeyAlreadyExists' } },
    });
  });

  it.each([
    ['TRUNCATED', /^\{"paymentAttemptId":"[^}]*$/],
    ['NOT_JSON', /^<html>/],
    ['EMPTY', /^$/],
    ['OTHER_SHAPE', /^\{"status":"ok","data":\[\]\}$/],
  ])('has a body that is %s', async (form, text) => {
    const id = await startStruck({ kind: 'MALFORMED_BODY', form });
    const response = await fetch(`${emulator.url}/payment-attempts/${id}/approve`, {
      method: 'POST',
      headers: { 'x-api-key': 'primer-api-key-of-the-tests', 'x-api-version': '2.4' },
    });
    expect(response.status).toBe(200);
    expect(await response.text()).toMatch(text);
  });

  it('drips its answer byte by byte', async () => {
    const id = await startStruck({ kind: 'SLOW_DRIP', intervalMs: 10 });
    const answer = whenAnswered(emulator.approve(id));
    await eventually(async () => {
      for (let byte = 0; byte < 50; byte += 1) emulator.clock.advance(10);
      expect(answer.settled).toBe(true);
    });
    expect(await answer.answer).toMatchObject({ status: 200, body: { paymentAttemptId: id } });
  });

  it('answers late', async () => {
    const id = await startStruck({ kind: 'SLOW', delayMs: 30_000 });
    const answer = whenAnswered(emulator.approve(id));
    await eventually(async () => expect(await emulator.attempt(id)).toMatchObject({ approvalStatus: 'APPROVED' }));
    expect(answer.settled).toBe(false);
    emulator.clock.advance(30_000);
    expect(await answer.answer).toMatchObject({ status: 200 });
  });
});

describe('no call lasts longer than 90 seconds', () => {
  it('one that would is answered 504 then, whatever it has done', async () => {
    const id = await startStruck({ kind: 'SLOW', delayMs: 600_000 });
    const answer = whenAnswered(emulator.approve(id));
    await eventually(async () => expect(await emulator.attempt(id)).toMatchObject({ approvalStatus: 'APPROVED' }));
    emulator.clock.advance(89_000);
    expect((await emulator.attempt(id)).calls.approve).toBe(1);
    expect(answer.settled).toBe(false);
    emulator.clock.advance(1_000);
    expect(await answer.answer).toMatchObject({ status: 504, body: { error: { errorId: 'GatewayTimeout' } } });
    expect(await emulator.approve(id)).toMatchObject({
      status: 409,
      body: { error: { errorId: 'IdempotencyKeyAlreadyExists' } },
    });
  });
});

describe('faults', () => {
  it('strike by order, by operation and by rate, and are counted', async () => {
    await setFaults(
      { kind: 'ANSWER', status: 503, orderId: 'order-of-faults', times: 2 },
      { kind: 'ANSWER', status: 500, operations: ['list_payments'], rate: 0.5, seed: 11 },
    );
    const { paymentAttemptId } = await emulator.startAttempt({ orderId: 'order-of-faults' });
    const approves = [];
    for (let call = 0; call < 3; call += 1) approves.push((await emulator.approve(paymentAttemptId)).status);
    expect(approves).toEqual([503, 503, 200]);
    const lists = [];
    for (let call = 0; call < 40; call += 1) lists.push((await emulator.primer('GET', '/payments')).status);
    const struck = lists.filter((status) => status === 500).length;
    expect(struck).toBeGreaterThan(8);
    expect(struck).toBeLessThan(32);
    const { body } = await emulator.control<FaultList>('GET', '/faults');
    expect(body.data).toMatchObject([
      { strikes: 2, isOver: true },
      { strikes: struck, isOver: false },
    ]);
  });

  it('survive a restart, and what they have struck is not struck again', async () => {
    const own = temporaryFolder();
    let other = await Emulator.start(join(own.path, 'restart.db'));
    const { paymentAttemptId } = await other.startAttempt();
    await other.control('POST', '/faults', { kind: 'RESET', attemptId: paymentAttemptId, times: 2 });
    await expect(other.approve(paymentAttemptId)).rejects.toThrow('fetch failed');
    await other.stop();
    other = await Emulator.start(join(own.path, 'restart.db'));
    await expect(other.approve(paymentAttemptId)).rejects.toThrow('fetch failed');
    expect((await other.approve(paymentAttemptId)).status).toBe(200);
    await other.stop();
    own.remove();
  });

  it('are taken back one by one or all together', async () => {
    const set = await setFaults({ kind: 'ANSWER', status: 500 }, { kind: 'RESET' });
    await emulator.control('DELETE', `/faults/${set[1]!.faultId}`);
    expect((await emulator.primer('GET', '/payments')).status).toBe(500);
    expect((await emulator.control('DELETE', '/faults')).status).toBe(204);
    expect((await emulator.primer('GET', '/payments')).status).toBe(200);
    expect((await emulator.control('DELETE', `/faults/${set[0]!.faultId}`)).status).toBe(404);
  });

  it('do not strike callers without a key', async () => {
    await setFaults({ kind: 'RESET' });
    expect((await emulator.primer('GET', '/payments', { headers: { 'x-api-key': 'wrong' } })).status).toBe(401);
  });

  it('that name an order strike no other tenant, who may use the same order id', async () => {
    await setFaults({ kind: 'ANSWER', status: 503, orderId: 'order-of-both', rate: 1 });
    const list = (key?: string) =>
      emulator.primer('GET', '/payments?order_id=order-of-both', {
        headers: key === undefined ? {} : { 'x-api-key': key },
      });
    expect([(await list(SECOND_API_KEY)).status, (await list()).status]).toEqual([200, 503]);
  });

  it.each(['EXPIRE', 'NOT_CURRENT'])('change nothing of an attempt by the call of another tenant: %s', async (kind) => {
    const { paymentAttemptId: id } = await emulator.startAttempt();
    await setFaults({ kind, times: 1 });
    expect((await emulator.approve(id, { 'x-api-key': SECOND_API_KEY })).status).toBe(404);
    expect((await emulator.approve(id)).status).toBe(200);
  });

  it.each([
    ['an unknown kind', { kind: 'EARTHQUAKE' }],
    ['a hanging beyond the time of a call', { kind: 'HANG', holdMs: 90_001 }],
    ['an unknown operation', { kind: 'RESET', operations: ['launch_rocket'] }],
    ['a success', { kind: 'ANSWER', status: 200 }],
    ['a rate beyond one', { kind: 'RESET', rate: 1.5 }],
    ['no fault at all', []],
    ['a field that nobody knows', { kind: 'RESET', attempt: 'x' }],
  ])('are refused when there is %s', async (_name, wish) => {
    expect((await emulator.control('POST', '/faults', wish)).status).toBe(422);
  });

  it('still hold nobody up when the emulator stops', async () => {
    const own = temporaryFolder();
    const other = await Emulator.start(join(own.path, 'stop.db'));
    await other.control('POST', '/faults', { kind: 'HANG' });
    const answer = other.primer('GET', '/payments');
    await eventually(async () => {
      const { body } = await other.control<{ data: object[] }>('GET', '/journal');
      expect(body.data).toHaveLength(1);
    });
    await other.stop();
    expect((await answer).status).toBe(504);
    own.remove();
  });
});

/** An answer under way, and whether it has come. */
function whenAnswered(promise: Promise<Answer>): { readonly answer: Promise<Answer>; settled: boolean } {
  const watched = {
    settled: false,
    answer: promise.finally(() => {
      watched.settled = true;
    }),
  };
  return watched;
}
