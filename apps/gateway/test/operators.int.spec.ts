import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AttemptTokenisedData } from '@tollgate/contracts';
import {
  decidedAttempt,
  eventually,
  paymentSnapshotSample,
  reportedPaymentStatus,
  testDatabase,
  testRecords,
  testTopicPrefix,
} from '@tollgate/testing';
import { MERCHANT_TWICE, MERCHANT_TWO, OPERATOR_TOKEN, signInOperator } from './gateway-service.ts';
import { GatewayStage } from './gateway-stage.ts';
import { refused, type Scripted } from './stub-primer.ts';

const topics = testTopicPrefix(import.meta.url);
const database = await testDatabase(import.meta.url);
const records = await testRecords(topics);
const slowly = { timeoutMs: 20_000, intervalMs: 100 };
let stage: GatewayStage;
let ann: string;

beforeAll(async () => {
  stage = await GatewayStage.set(database, topics, records);
  await stage.start();
  ann = await signInOperator(database);
}, 60_000);

afterAll(async () => {
  await stage?.strike();
});

type Answer = Record<string, unknown> & { data: Array<Record<string, unknown>> };

async function ask(method: 'GET' | 'POST', url: string, body?: object, key = OPERATOR_TOKEN) {
  const headers = { authorization: `Bearer ${key}` };
  const answer = await stage.apps[0]!.inject({
    method,
    url,
    headers,
    ...(body === undefined ? {} : { payload: body }),
  });
  const isJson = String(answer.headers['content-type']).includes('json');
  return { status: answer.statusCode, text: answer.body, body: (isJson ? JSON.parse(answer.body) : {}) as Answer };
}

const hangs: Scripted = { trouble: 'hang' };
const note = { note: 'looked into it', by: 'Ann' };

/** An attempt whose approve and fence say nothing, while Primer's list is empty: only a person can end it. */
async function stuckAttempt(): Promise<AttemptTokenisedData> {
  const attempt = stage.attempt(1_500);
  stage.primer.script(attempt.paymentAttemptId, 'approve', ...Array.from({ length: 60 }, () => ({ status: 503 })));
  stage.primer.script(attempt.paymentAttemptId, 'abort', refused(409, 'InvalidPaymentAttemptTransition'));
  await stage.decide(attempt);
  await eventually(async () => {
    const row = await stage.row(attempt);
    expect(row).toMatchObject({ state: 'UNKNOWN', step: 'find' });
  }, slowly);
  return attempt;
}

async function incidentOf(attempt: AttemptTokenisedData, kind: string): Promise<Record<string, unknown>> {
  return eventually(async () => {
    const { body } = await ask('GET', `/v1/incidents?kind=${kind}&paymentAttemptId=${attempt.paymentAttemptId}`);
    expect(body.data).toHaveLength(1);
    return body.data[0]!;
  }, slowly);
}

describe('an incident', () => {
  it('is open with its age, counted by the metrics, closed once with a note, and opened again when it is seen again', async () => {
    const attempt = stage.attempt();
    stage.primer.actBehindTheBack(attempt.paymentAttemptId, 'approve');
    await stage.decide(attempt);
    await stage.reaches(attempt, 'APPROVED');
    const incident = await incidentOf(attempt, 'FOREIGN_APPROVE');
    expect(incident).toMatchObject({ state: 'OPEN', closed: null, safeAction: { kind: 'close', method: 'POST' } });
    const metrics = (await ask('GET', '/metrics')).text;
    expect(metrics).toMatch(/gateway_incidents_open\{[^}]*kind="FOREIGN_APPROVE"[^}]*\} 1/);
    expect(metrics).toMatch(/gateway_incidents_oldest_seconds\{[^}]*kind="FOREIGN_APPROVE"/);
    const { path } = incident['safeAction'] as { path: string };
    const closed = await ask('POST', path, note);
    expect(closed).toMatchObject({
      status: 200,
      body: { state: 'CLOSED', closed: { ...note, at: expect.anything() }, safeAction: null },
    });
    expect(await ask('POST', path, { note: 'again' })).toMatchObject({
      status: 200,
      body: { closed: { note: note.note } },
    });
    expect(
      (await ask('GET', `/v1/incidents?state=OPEN&paymentAttemptId=${attempt.paymentAttemptId}`)).body.data,
    ).toEqual([]);
    const { body } = await ask('GET', '/v1/operator-actions');
    expect(body.data.filter(({ incidentId }) => incidentId === incident['id'])).toEqual([
      expect.objectContaining({ kind: 'incident-closed', ...note, paymentAttemptId: attempt.paymentAttemptId }),
    ]);
  });

  it('needs a note, exists, and is closed by operators only', async () => {
    const nobody = '/v1/incidents/0d3c6a5e-55cf-4d0c-9b0d-7f2f5a6f3f11/close';
    expect(await ask('POST', nobody, {})).toMatchObject({ status: 422 });
    expect(await ask('POST', nobody, note)).toMatchObject({ status: 404 });
    expect(await ask('POST', nobody, note, 'intake-key-of-merchant-sample')).toMatchObject({ status: 403 });
    expect(await ask('POST', nobody, note, 'no-key')).toMatchObject({ status: 401 });
  });
});

describe('a payment against an abort', () => {
  async function paidAgainstAbort(merchantId?: string): Promise<{ attempt: AttemptTokenisedData; paymentId: string }> {
    const attempt = stage.attempt(60_000, merchantId === undefined ? {} : { merchantId });
    const paymentId = stage.primer.actBehindTheBack(attempt.paymentAttemptId, 'approve')!;
    await stage.abort(attempt);
    await stage.reaches(attempt, 'APPROVED');
    return { attempt, paymentId };
  }

  const commands = (paymentId: string) =>
    stage.query<{ command_id: string }>('SELECT command_id FROM gateway.payment_command WHERE payment_id = $1', [
      paymentId,
    ]);

  it('is cancelled by hand, by one command however often it is asked for, by another once that was refused, and closed by the report of its end', async () => {
    const { attempt, paymentId } = await paidAgainstAbort();
    const incident = await incidentOf(attempt, 'PAID_AGAINST_ABORT');
    const { path } = incident['safeAction'] as { path: string };
    expect((await ask('POST', path, note)).status).toBe(403);
    const asked = await ask('POST', path, note, ann);
    expect(asked).toMatchObject({ status: 202, body: { commandId: `unwanted-payment-${attempt.paymentAttemptId}` } });
    expect(await ask('POST', path, note, ann)).toMatchObject({ status: 202, body: asked.body });
    await eventually(async () => expect(await commands(paymentId)).toHaveLength(1), slowly);
    expect(await ask('GET', (asked.body['links'] as { self: string }).self)).toMatchObject({
      status: 200,
      body: { command: 'cancel' },
    });
    await eventually(async () => {
      const again = await ask('POST', path, note, ann);
      expect(again.body).toMatchObject({ commandId: `unwanted-payment-${attempt.paymentAttemptId}-2` });
    }, slowly);
    await eventually(async () => expect(await commands(paymentId)).toHaveLength(2), slowly);
    const { orderId } = attempt.order;
    await stage.report(reportedPaymentStatus(paymentSnapshotSample({ paymentId, orderId, status: 'CANCELLED' })));
    await eventually(async () => {
      expect(await incidentOf(attempt, 'PAID_AGAINST_ABORT')).toMatchObject({
        state: 'CLOSED',
        closed: { by: 'gateway' },
      });
    }, slowly);
    const { body } = await ask('GET', '/v1/operator-actions');
    expect(body.data.filter(({ incidentId }) => incidentId === incident['id'])).toHaveLength(2);
    // More at once than there are connections: whoever has one waits for no other.
    const together = await Promise.all(Array.from({ length: 12 }, () => ask('POST', path, note, ann)));
    expect(together.map(({ status }) => status)).toEqual(Array(12).fill(202));
  });

  it('is cancelled at once where the merchant has set so', async () => {
    const { attempt, paymentId } = await paidAgainstAbort(MERCHANT_TWICE);
    await eventually(async () => expect(await commands(paymentId)).toHaveLength(1), slowly);
    expect(await incidentOf(attempt, 'PAID_AGAINST_ABORT')).toMatchObject({
      facts: { cancelCommandId: `unwanted-payment-${attempt.paymentAttemptId}` },
    });
  });
});

describe('an outcome that stays unknown', () => {
  it('is not closed against what Primer shows, and as paid by the payment that Primer shows', async () => {
    stage.primer.listIsEmpty = true;
    const attempt = await stuckAttempt();
    const url = `/v1/actions/${attempt.paymentAttemptId}`;
    await incidentOf(attempt, 'UNKNOWN_TOO_LONG');
    // Before it is stuck, and while the gateway itself is looking, it is nobody's to close.
    await eventually(async () => {
      const wrong = await ask('POST', `${url}/conclude`, { outcome: 'paid', paymentId: 'no-such-payment', ...note });
      expect(wrong).toMatchObject({ status: 409, body: { code: 'CONTRADICTS_PROVIDER' } });
    }, slowly);
    const paymentId = stage.primer.actBehindTheBack(attempt.paymentAttemptId, 'approve')!;
    const paid = await eventually(async () => {
      const answer = await ask('POST', `${url}/conclude`, { outcome: 'paid', paymentId, ...note });
      expect(answer.status).toBe(200);
      return answer;
    }, slowly);
    expect(paid.body).toMatchObject({ state: 'APPROVED', outcome: { paymentId } });
    expect(await stage.concluded(attempt)).toMatchObject({ outcome: 'APPROVED', paymentId, charged: 'yes' });
    expect(await ask('POST', `${url}/look-again`, note)).toMatchObject({
      status: 409,
      body: { code: 'ATTEMPT_CONCLUDED' },
    });
    expect(await incidentOf(attempt, 'UNKNOWN_TOO_LONG')).toMatchObject({ state: 'CLOSED', closed: { by: 'gateway' } });
    stage.primer.listIsEmpty = false;
  });

  it('is closed as not paid by a person once Primer lists no payment, and the shop is told so', async () => {
    const attempt = await stuckAttempt();
    const url = `/v1/actions/${attempt.paymentAttemptId}`;
    expect(await ask('POST', `${url}/look-again`, note)).toMatchObject({ status: 200, body: { state: 'UNKNOWN' } });
    await eventually(async () => {
      const answer = await ask('POST', `${url}/conclude`, { outcome: 'not-paid', ...note });
      expect(answer).toMatchObject({ status: 200, body: { state: 'REJECTED' } });
    }, slowly);
    expect(await stage.concluded(attempt)).toMatchObject({
      outcome: 'REJECTED',
      reason: 'closed-by-operator',
      charged: 'no',
    });
    const { body } = await ask('GET', '/v1/operator-actions');
    const deeds = body.data.filter(({ paymentAttemptId }) => paymentAttemptId === attempt.paymentAttemptId);
    expect(deeds.map(({ kind }) => kind)).toEqual(['concluded', 'looked-again']);
  });

  it('is nobody’s to close while the gateway can still ask', async () => {
    const attempt = stage.attempt(20_000);
    stage.primer.script(attempt.paymentAttemptId, 'approve', hangs);
    await stage.decide(attempt);
    await stage.reaches(attempt, 'CALLING');
    const answer = await ask('POST', `/v1/actions/${attempt.paymentAttemptId}/conclude`, {
      outcome: 'not-paid',
      ...note,
    });
    expect(answer).toMatchObject({ status: 409, body: { code: 'ATTEMPT_NOT_STUCK' } });
    await stage.reaches(attempt, 'APPROVED');
  });
});

describe('the kill switch', () => {
  it('lets no approve start: attempts wait for its end, and are aborted when their clock runs out before', async () => {
    const merchantId = MERCHANT_TWO;
    expect(await ask('POST', '/v1/kill-switch/on', { merchantId: 'nobody', ...note })).toMatchObject({ status: 404 });
    const on = await ask('POST', '/v1/kill-switch/on', { merchantId, ...note });
    expect(on).toMatchObject({ status: 200, body: { on: [{ merchantId, ...note }] } });
    expect(await ask('POST', '/v1/kill-switch/on', { merchantId, note: 'again' })).toMatchObject({ body: on.body });
    const waits = stage.attempt(60_000, { merchantId });
    const misses = stage.attempt(1_000, { merchantId });
    const other = stage.attempt();
    await Promise.all([waits, misses, other].map((attempt) => stage.decide(attempt)));
    await stage.reaches(other, 'APPROVED');
    await stage.reaches(misses, 'ABORTED');
    expect(stage.primer.calls(misses.paymentAttemptId)).toEqual(['abort:decided-late']);
    const held = await ask('GET', `/v1/actions/${waits.paymentAttemptId}`);
    expect(held.body).toMatchObject({ state: 'AWAITING', heldBackBy: 'kill-switch', calls: { approve: 0, abort: 0 } });
    expect((await ask('GET', '/metrics')).text).toMatch(/gateway_kill_switch_on\{[^}]*scope="merchant"[^}]*\} 1/);
    expect((await ask('GET', '/health/ready')).body).toMatchObject({ checks: { 'kill-switch': 'up' } });
    expect(await ask('POST', '/v1/kill-switch/off', { merchantId, ...note })).toMatchObject({ body: { on: [] } });
    await stage.reaches(waits, 'APPROVED');
    expect(stage.primer.calls(waits.paymentAttemptId)).toEqual(['approve']);
  });

  it('of all merchants stops approves that are repeated as well, and is written down with both its turns', async () => {
    const repeated = stage.attempt(4_000);
    stage.primer.script(repeated.paymentAttemptId, 'approve', ...Array.from({ length: 500 }, () => ({ status: 503 })));
    await stage.decide(repeated);
    await stage.reaches(repeated, 'UNKNOWN');
    await ask('POST', '/v1/kill-switch/on', note);
    await stage.reaches(repeated, 'ABORTED');
    const { approve_calls: calls } = (await stage.row(repeated))!;
    expect(stage.primer.callTimes(repeated.paymentAttemptId, 'approve')).toHaveLength(calls);
    expect(await ask('POST', '/v1/kill-switch/off', { note: 'over' })).toMatchObject({ body: { on: [] } });
    const { body } = await ask('GET', '/v1/operator-actions?limit=2');
    expect(body.data).toMatchObject([
      { kind: 'approvals-resumed', merchantId: null, by: 'operator', note: 'over' },
      { kind: 'approvals-stopped', merchantId: null, ...note },
    ]);
  });
});

describe('a provider that is away', () => {
  it('has its circuit opened: attempts wait without losing tries, and are approved once it is back', async () => {
    const merchantId = MERCHANT_TWICE;
    stage.primer.isAway = true;
    const attempts = Array.from({ length: 30 }, () => stage.attempt(60_000, { merchantId }));
    await stage.send(...attempts.map((attempt) => decidedAttempt(attempt)));
    await eventually(async () => {
      expect((await ask('GET', '/metrics')).text).toMatch(/gateway_merchants_held_back\{[^}]*circuit-open[^}]*\} 1/);
    }, slowly);
    const later = stage.attempt(60_000, { merchantId });
    await stage.decide(later);
    await eventually(async () => {
      const { body } = await ask('GET', `/v1/actions/${later.paymentAttemptId}`);
      expect(body).toMatchObject({ heldBackBy: 'circuit-open' });
    }, slowly);
    stage.primer.isAway = false;
    await Promise.all([...attempts, later].map((attempt) => stage.reaches(attempt, 'APPROVED')));
    expect((await ask('GET', '/metrics')).text).toMatch(/gateway_merchants_held_back\{[^}]*circuit-open[^}]*\} 0/);
  });
});

describe('a client session', () => {
  const shopKey = 'intake-key-of-merchant-sample';
  const make = (order: object, key = shopKey) => ask('POST', '/v1/client-sessions', order, key);

  it('is made for manual approval, and an attempt of it over another amount or currency is aborted', async () => {
    const fitting = stage.attempt();
    const { orderId } = fitting.order;
    const made = await make({ orderId, amount: 4200, currencyCode: 'EUR' });
    expect(made).toMatchObject({
      status: 201,
      body: { approvalMode: 'MANUAL', orderId, amount: 4200, clientToken: expect.any(String) },
    });
    expect(stage.primer.sessions).toContainEqual({
      approvalMode: 'MANUAL',
      orderId,
      amount: 4200,
      currencyCode: 'EUR',
    });
    const others = [
      stage.attempt(60_000, { order: { ...fitting.order, amountMinor: '4199' } }),
      stage.attempt(60_000, { order: { ...fitting.order, currency: 'USD' } }),
    ];
    await stage.send(...others.map((attempt) => decidedAttempt(attempt)));
    for (const attempt of others) {
      expect(await stage.reaches(attempt, 'ABORTED')).toMatchObject({ outcome_reason: 'session-mismatch' });
      expect(stage.primer.calls(attempt.paymentAttemptId)).toEqual(['abort:session-mismatch']);
    }
    await stage.decide(fitting);
    await stage.reaches(fitting, 'APPROVED');
  });

  it('whose id Primer tells is of one order only', async () => {
    const attempt = stage.attempt();
    stage.primer.nextSessionId = attempt.clientSessionId;
    await make({ orderId: 'another-order', amount: 4200, currencyCode: 'EUR' });
    await stage.decide(attempt);
    expect(await stage.reaches(attempt, 'ABORTED')).toMatchObject({ outcome_reason: 'session-mismatch' });
  });

  it('is the shop’s to make, and says when Primer did not make it', async () => {
    const order = { orderId: 'order-of-nobody', amount: 4200, currencyCode: 'EUR' };
    expect(await make(order, OPERATOR_TOKEN)).toMatchObject({ status: 403 });
    expect(await make(order, 'no-key')).toMatchObject({ status: 401 });
    expect(await make({ ...order, amount: -1 })).toMatchObject({ status: 422 });
    stage.primer.isAway = true;
    expect(await make(order)).toMatchObject({ status: 503, body: { code: 'PROVIDER_UNAVAILABLE' } });
    stage.primer.isAway = false;
  });
});
