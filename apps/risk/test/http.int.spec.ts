import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  AttemptTokenised,
  listEntryAnswer,
  listEntryListAnswer,
  riskDecisionAnswer,
  ruleSetListAnswer,
  topicName,
} from '@tollgate/contracts';
import { foreignRecord, testDatabase, testRecords, testTopicPrefix, tokenisedAttempt } from '@tollgate/testing';
import { decisionsAbout, MERCHANT_KEY, prepareRisk, type RiskService, startRisk } from './risk-service.ts';

const topics = testTopicPrefix(import.meta.url);
const database = await testDatabase(import.meta.url);
const records = await testRecords(topics);
let risk: RiskService;

beforeAll(async () => {
  risk = await startRisk(await prepareRisk(database, topics));
}, 60_000);

afterAll(async () => {
  await risk?.app.close();
});

async function decide(attempt = tokenisedAttempt()) {
  await records.send(topicName('attempts', topics.prefix), foreignRecord(AttemptTokenised, attempt));
  return (await decisionsAbout(records, topics, [attempt]))[0]!;
}

describe('who may ask', () => {
  it.each([
    ['GET', '/v1/rulesets'],
    ['GET', '/v1/decisions/not-even-a-uuid'],
    ['GET', '/v1/lists?limit=0'],
    ['POST', '/v1/lists'],
    ['DELETE', '/v1/lists/none'],
  ] as const)('%s %s is for operators, whatever else is wrong with the request', async (method, url) => {
    expect(await risk.ask(method, url, { key: 'no-such-key-at-all' })).toMatchObject({
      status: 401,
      body: { code: 'UNAUTHENTICATED' },
    });
    expect(await risk.ask(method, url, { key: MERCHANT_KEY })).toMatchObject({
      status: 403,
      body: { code: 'SCOPE_MISSING' },
    });
  });
});

describe('rule sets', () => {
  it('shows the live one with its version, conditions and counters', async () => {
    const { status, body } = await risk.ask('GET', '/v1/rulesets');
    expect(status).toBe(200);
    const { data, nextCursor } = ruleSetListAnswer.parse(body);
    expect(nextCursor).toBeNull();
    expect(data).toHaveLength(1);
    expect(data[0]).toMatchObject({ name: 'default', status: 'live' });
    expect(data[0]!.rules.map(({ name }) => name)).toContain('amount-over-limit');
    expect((await decide()).evaluation!.version).toBe(data[0]!.version);
  });
});

describe('decisions', () => {
  it('answers as its schema says, tells merchants apart, and knows no attempt before it is decided', async () => {
    const attempt = tokenisedAttempt();
    const url = `/v1/decisions/${attempt.paymentAttemptId}`;
    expect(await risk.ask('GET', url)).toMatchObject({ status: 404, body: { code: 'ATTEMPT_NOT_FOUND' } });
    const { eventId: _eventId, evaluation, ...decided } = await decide(attempt);
    const { status, body } = await risk.ask('GET', url);
    expect(status).toBe(200);
    const answer = riskDecisionAnswer.parse(body);
    expect(answer).toMatchObject({ decidedAt: decided.decidedAt, clocks: decided.clocks, evaluation });
    expect((await risk.ask('GET', `${url}?merchantId=merchant-two`)).status).toBe(404);
  });

  it('refuses an id that is no UUID', async () => {
    expect(await risk.ask('GET', '/v1/decisions/abc')).toMatchObject({
      status: 422,
      body: { code: 'VALIDATION_FAILED' },
    });
  });
});

describe('lists', () => {
  it('block a customer from the next attempt on, until the entry is removed, and keep who did both', async () => {
    const body = { list: 'block', kind: 'customer', value: 'blocked-one', note: 'chargebacks' };
    const added = await risk.ask('POST', '/v1/lists', { body });
    expect(added.status).toBe(201);
    const entry = listEntryAnswer.parse(added.body);
    expect(entry).toMatchObject({ ...body, merchantId: null, createdBy: 'operator', removedAt: null });
    expect(await risk.ask('POST', '/v1/lists', { body })).toEqual({ status: 200, body: added.body });

    const order = { orderId: 'o', amountMinor: '1', currency: 'EUR', customerId: 'blocked-one' };
    expect(await decide(tokenisedAttempt({ order }))).toMatchObject({ decision: 'ABORT', reason: 'block-listed' });

    const removed = await risk.ask('DELETE', `/v1/lists/${entry.id}`);
    expect(removed).toMatchObject({ status: 200, body: { removedBy: 'operator' } });
    expect(await risk.ask('DELETE', `/v1/lists/${entry.id}`)).toEqual(removed);
    expect(await decide(tokenisedAttempt({ order }))).toMatchObject({ decision: 'APPROVE' });
    const history = await risk.ask('GET', '/v1/lists?includeRemoved=true');
    expect(listEntryListAnswer.parse(history.body).data).toContainEqual(removed.body);
    expect((await risk.ask('GET', '/v1/lists')).body.data).not.toContainEqual(removed.body);
  });

  it('let an allow-listed card past the amount limit, for the one merchant of the entry', async () => {
    const paymentMethod = { analyticsId: 'trusted-card' };
    const order = { orderId: 'o', amountMinor: '5000000', currency: 'EUR' };
    const refused = await decide(tokenisedAttempt({ order, paymentMethod }));
    expect(refused.reason).toBe('amount-limit');
    const value = refused.evaluation!.features['card.fingerprint'];
    const body = { merchantId: refused.merchantId, list: 'allow', kind: 'card', value };
    expect((await risk.ask('POST', '/v1/lists', { body })).status).toBe(201);
    expect(await decide(tokenisedAttempt({ order, paymentMethod }))).toMatchObject({
      decision: 'APPROVE',
      reason: 'allow-listed',
    });
    const elsewhere = tokenisedAttempt({ order, paymentMethod, merchantId: 'merchant-two' });
    expect(await decide(elsewhere)).toMatchObject({ decision: 'ABORT' });
  });

  it('keep an address as its keyed hash alone, and hold until their time is over', async () => {
    const address = 'Mallory@Example.com';
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const body = { list: 'block', kind: 'email', value: address, note: 'a stolen card', expiresAt };
    const added = await risk.ask('POST', '/v1/lists', { body });
    const entry = listEntryAnswer.parse(added.body);
    expect(entry).toMatchObject({ note: 'a stolen card', expiresAt, createdBy: 'operator' });
    expect(await risk.ask('POST', '/v1/lists', { body: { ...body, value: entry.value } })).toMatchObject({
      status: 200,
      body: { id: entry.id },
    });
    const table = `${database.schema}_risk.list_entries`;
    const kept = await database.query(`SELECT value, note, created_by FROM ${table} WHERE kind = 'email'`);
    expect(JSON.stringify(kept)).not.toMatch(/mallory/i);

    const order = { orderId: 'o', amountMinor: '1', currency: 'EUR', emailAddress: address.toLowerCase() };
    const blocked = await decide(tokenisedAttempt({ order }));
    expect(blocked).toMatchObject({ decision: 'ABORT', reason: 'block-listed' });
    expect(blocked.evaluation?.features).toMatchObject({
      ...{ 'lists.blocked': ['email'], 'lists.watched': [], 'customer.emailHash': entry.value },
    });

    await database.query(`UPDATE ${table} SET expires_at = now() WHERE id = ${entry.id}`);
    expect(await decide(tokenisedAttempt({ order }))).toMatchObject({ decision: 'APPROVE' });
    expect((await risk.ask('GET', '/v1/lists?kind=email')).body.data).toEqual([]);
    const again = await risk.ask('POST', '/v1/lists', { body });
    expect(again.status).toBe(201);
    expect(listEntryAnswer.parse(again.body).id).not.toBe(entry.id);
    const past = await risk.ask('GET', '/v1/lists?kind=email&includeRemoved=true');
    expect(past.body.data).toContainEqual(expect.objectContaining({ id: entry.id, removedBy: 'expiry' }));
  });

  it('show what is watched to the rules, and decide nothing by it', async () => {
    const body = { list: 'watch', kind: 'bin', value: '400123', note: 'many disputes' };
    expect((await risk.ask('POST', '/v1/lists', { body })).status).toBe(201);
    const watched = await decide(tokenisedAttempt({ paymentMethod: { bin: '400123' } }));
    expect(watched).toMatchObject({ decision: 'APPROVE', evaluation: { features: { 'lists.watched': ['bin'] } } });
    const other = await decide(tokenisedAttempt({ paymentMethod: { bin: '400124' } }));
    expect(other.evaluation?.features).toMatchObject({ 'lists.watched': [] });
  });

  it('come in pages, newest first, each entry once', async () => {
    for (const value of ['400001', '400002', '400003', '400004', '400005']) {
      await risk.ask('POST', '/v1/lists', { body: { list: 'block', kind: 'bin', value } });
    }
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const url: string = `/v1/lists?list=block&kind=bin&limit=2${cursor === null ? '' : `&cursor=${cursor}`}`;
      const page = listEntryListAnswer.parse((await risk.ask('GET', url)).body);
      seen.push(...page.data.map(({ value }) => value));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(['400005', '400004', '400003', '400002', '400001']);
  });

  it.each([
    [{ list: 'block', kind: 'bin', value: '4111' }, 'value'],
    [{ list: 'block', kind: 'country', value: 'de' }, 'value'],
    [{ list: 'block', kind: 'card', value: '4111111111111111' }, 'value'],
    [{ list: 'grey', kind: 'bin', value: '411111' }, 'list'],
    [{ list: 'block', kind: 'customer', value: 'x'.repeat(257) }, 'value'],
    [{ list: 'block', kind: 'customer', value: 'x', more: 1 }, ''],
  ])('refuse %j, naming the field', async (body, path) => {
    const answer = await risk.ask('POST', '/v1/lists', { body });
    expect(answer).toMatchObject({ status: 422, body: { code: 'VALIDATION_FAILED' } });
    expect(answer.body.errors![0]!.path).toBe(path);
  });

  it('know no entry that was never made', async () => {
    expect(await risk.ask('DELETE', '/v1/lists/999999')).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    expect(await risk.ask('DELETE', '/v1/lists/0')).toMatchObject({ status: 422 });
  });
});
