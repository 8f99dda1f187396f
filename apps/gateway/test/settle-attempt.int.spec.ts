import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { AttemptDecided, deadLetterTopicName, topicName } from '@tollgate/contracts';
import { decidedAttempt, eventually, testDatabase, testRecords, testTopicPrefix } from '@tollgate/testing';
import { RecordResultHandler } from '../src/actions/record-result.handler.ts';
import { OPERATOR_TOKEN } from './gateway-service.ts';
import { GatewayStage } from './gateway-stage.ts';

const topics = testTopicPrefix(import.meta.url);
const database = await testDatabase(import.meta.url);
const records = await testRecords(topics);
let stage: GatewayStage;

beforeAll(async () => {
  stage = await GatewayStage.set(database, topics, records);
  await stage.start({ GATEWAY_MERCHANT_CALLS_MAX: '8' });
}, 60_000);

afterAll(async () => {
  await stage?.strike();
});

const slowly = { timeoutMs: 20_000, intervalMs: 200 };

const ask = async (url: string, key = OPERATOR_TOKEN) => {
  const answer = await stage.apps[0]!.inject({ method: 'GET', url, headers: { authorization: `Bearer ${key}` } });
  return { status: answer.statusCode, body: JSON.parse(answer.body) as Record<string, unknown> };
};

describe('a decision', () => {
  it('to approve is carried out once and its payment is announced', async () => {
    const attempt = stage.attempt();
    await stage.decide(attempt);
    await stage.reaches(attempt, 'APPROVED');
    const [payment] = stage.primer.payments(attempt.order.orderId);
    expect(await stage.concluded(attempt)).toMatchObject({
      outcome: 'APPROVED',
      paymentId: payment?.id,
      charged: 'yes',
      retryable: false,
      shopperCode: 'APPROVED',
      order: { orderId: attempt.order.orderId, amountMinor: '4200', currency: 'EUR' },
      clocks: attempt.clocks,
    });
    expect(stage.primer.calls(attempt.paymentAttemptId)).toEqual(['approve']);
  });

  it('to review takes no row and calls nobody', async () => {
    const attempt = stage.attempt();
    await stage.decide(attempt, { decision: 'REVIEW', reason: 'review-required' });
    await stage.decide(attempt, { decision: 'ABORT', source: 'reviewer', reason: 'reviewer-rejected' });
    await stage.reaches(attempt, 'ABORTED');
    expect(stage.primer.calls(attempt.paymentAttemptId)).toEqual(['abort:reviewer-rejected']);
    expect((await ask(`/v1/actions/${attempt.paymentAttemptId}`)).body).toMatchObject({ supersededDecisions: [] });
  });

  it('wins once: the same again is a duplicate, another one is recorded as superseded', async () => {
    const attempt = stage.attempt();
    await stage.send(
      decidedAttempt(attempt),
      decidedAttempt(attempt),
      decidedAttempt(attempt, { decision: 'ABORT', source: 'deadline', reason: 'deadline-passed' }),
    );
    await stage.reaches(attempt, 'APPROVED');
    await stage.decide(attempt, { decision: 'ABORT', source: 'merchant', reason: 'customer-left' });
    await stage.decide(attempt);
    await eventually(async () => {
      const { body } = await ask(`/v1/actions/${attempt.paymentAttemptId}`);
      expect(body['supersededDecisions']).toMatchObject([{ source: 'deadline' }, { source: 'merchant' }]);
    }, slowly);
    expect(stage.primer.calls(attempt.paymentAttemptId)).toEqual(['approve']);
    expect((await stage.outcomes(attempt)).length).toBe(1);
  });

  it('to approve that comes too late becomes an abort at once', async () => {
    const attempt = stage.attempt(-100);
    await stage.decide(attempt);
    await stage.reaches(attempt, 'ABORTED');
    expect(stage.primer.calls(attempt.paymentAttemptId)).toEqual(['abort:decided-late']);
    expect(await stage.concluded(attempt)).toMatchObject({
      outcome: 'ABORTED',
      reason: 'decided-late',
      shopperCode: 'TIMED_OUT',
      retryable: true,
      decision: { decision: 'APPROVE' },
    });
  });

  it('whose clocks are forged into the far future lives no longer than one made now', async () => {
    const attempt = stage.attempt();
    const far = '2099-01-01T00:00:00.000Z';
    const clocks = { ...attempt.clocks!, approveBy: far, expiresAt: '2099-01-01T00:10:00.000Z' };
    await stage.decide({ ...attempt, clocks });
    await stage.reaches(attempt, 'APPROVED');
    const { approveBy } = (await stage.concluded(attempt))!.clocks;
    expect(Date.parse(approveBy)).toBeLessThan(Date.now() + 90_000);
  });

  it('sends no approve after approveBy although it was claimed before, when the merchant’s lane was full', async () => {
    const slow = Array.from({ length: 8 }, () => stage.attempt());
    slow.forEach((one) => stage.primer.script(one.paymentAttemptId, 'approve', { trouble: 'hang' }));
    await stage.send(...slow.map((one) => decidedAttempt(one)));
    await eventually(
      () => slow.forEach((one) => expect(stage.primer.calls(one.paymentAttemptId)).toEqual(['approve'])),
      {
        timeoutMs: 20_000,
      },
    );
    const queued = stage.attempt(500);
    await stage.decide(queued);
    await stage.reaches(queued, 'ABORTED');
    expect(stage.primer.calls(queued.paymentAttemptId)).toEqual(['abort:decided-late']);
    await Promise.all(slow.map((one) => stage.reaches(one, 'APPROVED')));
  });

  it('with a reason of another producer sends Primer one of the closed list', async () => {
    const attempt = stage.attempt();
    await stage.decide(attempt, { decision: 'ABORT', source: 'rules', reason: 'somebody-elses-reason' });
    await stage.reaches(attempt, 'ABORTED');
    expect(stage.primer.calls(attempt.paymentAttemptId)).toEqual(['abort:rule-matched']);
  });

  it('of an unknown merchant is a dead letter and holds nobody up', async () => {
    const stranger = stage.attempt(60_000, { merchantId: 'nobody' });
    const next = stage.attempt();
    await stage.send(decidedAttempt(stranger), decidedAttempt(next));
    await stage.reaches(next, 'APPROVED');
    await eventually(async () => {
      const topic = deadLetterTopicName(topicName(AttemptDecided.topic, topics.prefix), 'gateway');
      const letters = await records.read(topic);
      expect(letters.map(({ key }) => key)).toContain(stranger.paymentAttemptId);
    }, slowly);
    expect(await stage.row(stranger)).toBeUndefined();
  });

  it('continues its trace in the outcome', async () => {
    const attempt = stage.attempt();
    const traceId = randomUUID().replaceAll('-', '');
    await stage.sendWith({ traceparent: `00-${traceId}-00f067aa0ba902b7-01` }, decidedAttempt(attempt));
    await stage.reaches(attempt, 'APPROVED');
    await eventually(async () => expect((await stage.outcomes(attempt))[0]?.traceparent).toContain(traceId), slowly);
  });
});

describe('a crash', () => {
  it('between Primer’s answer and its recording converges on one payment', async () => {
    const attempt = stage.attempt();
    const results = stage.apps[0]!.get(RecordResultHandler);
    const dropped = jest.spyOn(results, 'record').mockRejectedValueOnce(new Error('the process died here'));
    await stage.decide(attempt);
    const row = await stage.reaches(attempt, 'APPROVED');
    expect(dropped).toHaveBeenCalled();
    expect(row).toMatchObject({ approve_calls: 2, fence: 2 });
    expect(stage.primer.calls(attempt.paymentAttemptId)).toEqual(['approve', 'approve']);
    expect(stage.primer.payments(attempt.order.orderId)).toHaveLength(1);
    expect(await stage.concluded(attempt)).toMatchObject({ outcome: 'APPROVED' });
    expect(await stage.incidents(attempt)).toEqual([]);
  });

  it('of the connection during COMMIT tells a result once: the record that follows finds the lease ended', async () => {
    const attempt = stage.attempt();
    const results = stage.apps[0]!.get(RecordResultHandler);
    const record = results.record.bind(results);
    const told: boolean[] = [];
    jest.spyOn(results, 'record').mockImplementationOnce(async (result) => {
      told.push(await record(result), await record(result));
      return true;
    });
    stage.primer.script(attempt.paymentAttemptId, 'approve', { status: 503 });
    await stage.decide(attempt);
    await stage.reaches(attempt, 'APPROVED');
    expect(told).toEqual([true, false]);
  });

  it('leaves a result that comes back after the lease was lost unwritten', async () => {
    const attempt = stage.attempt();
    const results = stage.apps[0]!.get(RecordResultHandler);
    const record = results.record.bind(results);
    let wake: (recorded: boolean) => void = () => {};
    const recorded = new Promise<boolean>((resolve) => (wake = resolve));
    jest.spyOn(results, 'record').mockImplementationOnce(async (late) => {
      // The process is stopped here: its lease runs out, somebody else concludes, then it wakes.
      void stage.reaches(attempt, 'APPROVED').then(async () => wake(await record(late)));
      throw new Error('stopped');
    });
    await stage.decide(attempt);
    expect(await recorded).toBe(false);
    expect(await stage.row(attempt)).toMatchObject({ state: 'APPROVED', fence: 2 });
    expect((await stage.outcomes(attempt)).map(({ type }) => type)).toEqual([
      'tollgate.attempt.outcome-unknown.v1',
      'tollgate.attempt.concluded.v1',
    ]);
  });
});

describe('two gateways side by side', () => {
  it('make one call for each attempt', async () => {
    const second = await stage.start();
    const attempts = Array.from({ length: 60 }, () => stage.attempt());
    await stage.send(...attempts.map((attempt) => decidedAttempt(attempt)), ...attempts.map((a) => decidedAttempt(a)));
    await Promise.all(attempts.map((attempt) => stage.reaches(attempt, 'APPROVED', 30_000)));
    for (const attempt of attempts) {
      expect(stage.primer.calls(attempt.paymentAttemptId)).toEqual(['approve']);
      expect(stage.primer.payments(attempt.order.orderId)).toHaveLength(1);
    }
    await second.close();
  });
});

describe('what operators read', () => {
  it('shows an action with its decision, calls and outcome', async () => {
    const attempt = stage.attempt();
    await stage.decide(attempt);
    await stage.reaches(attempt, 'APPROVED');
    const { status, body } = await ask(`/v1/actions/${attempt.paymentAttemptId}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      paymentAttemptId: attempt.paymentAttemptId,
      state: 'APPROVED',
      calls: { approve: 1, abort: 0 },
      order: { orderId: attempt.order.orderId, amount: { amountMinor: '4200', currency: 'EUR' } },
      nextTryAt: null,
      outcome: { outcome: 'APPROVED', reason: 'no-rule-matched' },
    });
  });

  it('lists actions by state, page after page, each once', async () => {
    const ids = new Set<unknown>();
    let cursor: string | null = '';
    let pages = 0;
    while (cursor !== null) {
      const next = cursor === '' ? '' : `&cursor=${cursor}`;
      const { body } = await ask(`/v1/actions?state=APPROVED&limit=20${next}`);
      const data = body['data'] as Array<Record<string, unknown>>;
      data.forEach((action) => {
        expect(action['state']).toBe('APPROVED');
        expect(ids.has(action['paymentAttemptId'])).toBe(false);
        ids.add(action['paymentAttemptId']);
      });
      cursor = body['nextCursor'] as string | null;
      pages += 1;
    }
    const [row] = await stage.query<{ count: bigint }>(
      "SELECT count(*) FROM gateway.attempt_action WHERE state = 'APPROVED'",
    );
    expect(BigInt(ids.size)).toBe(row!.count);
    expect(pages).toBeGreaterThan(1);
  });

  it.each([
    ['/v1/actions/not-a-uuid', 422, 'VALIDATION_FAILED'],
    [`/v1/actions/${randomUUID()}`, 404, 'ATTEMPT_NOT_FOUND'],
    ['/v1/actions?state=NAPPING', 422, 'VALIDATION_FAILED'],
    ['/v1/actions?cursor=bm90LWEtY3Vyc29y', 422, 'VALIDATION_FAILED'],
    ['/v1/incidents?limit=0', 422, 'VALIDATION_FAILED'],
  ])('answers %s with %i %s', async (url, status, code) => {
    expect(await ask(url)).toMatchObject({ status, body: { code } });
  });

  it('is for operators only', async () => {
    for (const url of ['/v1/actions', `/v1/actions/${randomUUID()}`, '/v1/incidents']) {
      expect(await ask(url, 'intake-key-of-merchant-sample')).toMatchObject({ status: 403 });
      expect(await ask(url, 'no-such-key')).toMatchObject({ status: 401 });
    }
  });
});
