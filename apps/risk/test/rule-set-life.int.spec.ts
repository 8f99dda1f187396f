import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import {
  AttemptTokenised,
  type AttemptTokenisedData,
  backtestAnswer,
  backtestListAnswer,
  differencesAnswer,
  KnownError,
  type Principal,
  recomputationAnswer,
  ruleSetAuditListAnswer,
  ruleSetDetailAnswer,
  ruleSetHitsAnswer,
  ruleSetListAnswer,
  topicName,
} from '@tollgate/contracts';
import {
  eventually,
  foreignRecord,
  testDatabase,
  testRecords,
  testTopicPrefix,
  tokenisedAttempt,
} from '@tollgate/testing';
import { DraftRuleSetHandler } from '../src/rule-sets/draft-rule-set.handler.ts';
import { MoveRuleSetHandler } from '../src/rule-sets/move-rule-set.handler.ts';
import { loadRuleSet } from '../src/rule-sets/rule-set.store.ts';
import {
  decisionsAbout,
  draftRuleSet,
  operatorNamed,
  prepareRisk,
  type RiskService,
  startRisk,
} from './risk-service.ts';

const topics = testTopicPrefix(import.meta.url);
const database = await testDatabase(import.meta.url);
const records = await testRecords(topics);
let environment: Record<string, string>;
let risk: RiskService;

beforeAll(async () => {
  environment = await prepareRisk(database, topics);
  risk = await startRisk(environment);
}, 60_000);

afterAll(async () => {
  await risk?.app.close();
});

async function decide(attempt: AttemptTokenisedData = tokenisedAttempt()) {
  await records.send(topicName(AttemptTokenised.topic, topics.prefix), foreignRecord(AttemptTokenised, attempt));
  return (await decisionsAbout(records, topics, [attempt]))[0]!;
}

const draft = (document: string, by?: Person) => draftRuleSet(risk, document, by);

const statusOf = async (version: string) =>
  ruleSetDetailAnswer.parse((await risk.ask('GET', `/v1/rulesets/${version}`)).body).status;

type Person = ReturnType<typeof operatorNamed>;

const candidate = (limitMinor: number) => `
name: candidate
rules:
  - { name: not-small, when: "order.amountMinor > ${limitMinor}", then: review, reason: review-required }
default: { then: approve, reason: no-rule-matched }
`;

it('refuses a draft with a mistake, naming rule and position, and keeps one content once', async () => {
  const document = candidate(100).replace('order.amountMinor', 'order.amont');
  const refused: unknown = await draft(document).catch((reason: unknown) => reason);
  expect(refused).toMatchObject({ code: 'RULESET_INVALID' });
  expect((refused as KnownError).message).toContain('rule "not-small", rules.0.when, character 7: No such key: amont');

  const drafts = risk.app.get(DraftRuleSetHandler);
  const made = await drafts.draft({ document: candidate(100), note: 'a try' }, operatorNamed('ada'));
  expect(made).toMatchObject({ isNew: true, ruleSet: { status: 'draft', createdBy: { displayName: 'ada' } } });
  const { document: asJson } = ruleSetDetailAnswer.parse(
    (await risk.ask('GET', `/v1/rulesets/${made.ruleSet.version.slice(0, 12)}`)).body,
  );
  const again = await drafts.draft({ document: asJson }, operatorNamed('bob'));
  expect(again).toEqual({ ...made, isNew: false });
});

it('takes drafts and rollbacks from people alone, who then review nothing that the rules hold back', async () => {
  const token: Principal = { kind: 'operator', scopes: [] };
  const body = { document: candidate(101) };
  expect(await risk.ask('POST', '/v1/rulesets', { body })).toMatchObject({ status: 403 });
  expect(await risk.ask('POST', '/v1/rulesets/rollback', { body: { from: '01234567' } })).toMatchObject({
    status: 403,
  });
  await expect(risk.app.get(DraftRuleSetHandler).draft(body, token)).rejects.toMatchObject({
    code: 'SECOND_PERSON_NEEDED',
  });
});

it('goes from draft over the shadow to live by two people, decides from then on, and goes back in one call', async () => {
  const move = risk.app.get(MoveRuleSetHandler);
  const [ada, bob, cleo] = ['ada', 'bob', 'cleo'].map(operatorNamed) as [Person, Person, Person];
  const before = await draft(readFileSync(environment['RULESET_FILE']!, 'utf8'));
  expect(before).toMatchObject({ status: 'live', createdBy: { kind: 'file' } });
  const { version } = await draft(candidate(4000), ada);
  const take = (step: 'shadow' | 'propose' | 'promote' | 'retire', principal: Principal) =>
    move.move(version, step, { principal, note: null });
  const refusal = async (work: Promise<unknown>) => {
    const error: unknown = await work.catch((reason: unknown) => reason);
    return error instanceof KnownError ? error.code : error;
  };

  expect(await refusal(take('propose', ada))).toBe('RULESET_STATUS_CONFLICT');
  expect(await refusal(take('promote', ada))).toBe('RULESET_STATUS_CONFLICT');
  expect(await risk.ask('POST', `/v1/rulesets/${version}/shadow`, { body: {} })).toMatchObject({ status: 200 });
  expect(await risk.ask('POST', `/v1/rulesets/${version}/shadow`, { body: {} })).toMatchObject({ status: 200 });
  const tried = await decide();
  expect(tried).toMatchObject({ decision: 'APPROVE', evaluation: { version: before.version } });

  expect(await refusal(take('promote', bob))).toBe('RULESET_STATUS_CONFLICT');
  expect(await risk.ask('POST', `/v1/rulesets/${version}/promote`, { body: {} })).toMatchObject({ status: 403 });
  await take('propose', ada);
  expect(await refusal(take('promote', ada))).toBe('SECOND_PERSON_NEEDED');
  expect(await refusal(take('promote', { kind: 'operator', scopes: [] }))).toBe('SECOND_PERSON_NEEDED');
  const [first, second] = await Promise.allSettled([take('promote', bob), take('promote', bob)]);
  expect([first.status, second.status]).toEqual(['fulfilled', 'fulfilled']);
  expect(await statusOf(before.version)).toBe('retired');
  expect(await refusal(take('retire', bob))).toBe('RULESET_STATUS_CONFLICT');

  const decided = await decide();
  expect(decided).toMatchObject({ decision: 'REVIEW', card: {}, evaluation: { version } });
  expect(decided.involved).toEqual([ada.personId, bob.personId]);

  const rollBack = (from: string) => move.rollBack(from, { principal: bob, note: 'too many reviews' });
  const back = await rollBack(version);
  expect(back).toMatchObject({ version: before.version, status: 'live' });
  expect(await rollBack(version)).toEqual(back);
  expect(await refusal(rollBack(before.version))).toBe('RULESET_STATUS_CONFLICT');
  expect(await decide()).toMatchObject({ decision: 'APPROVE', evaluation: { version: before.version } });
  const order = { ...tokenisedAttempt().order, customerId: 'sample-review-rolled-back' };
  expect(await decide(tokenisedAttempt({ order }))).toMatchObject({ decision: 'REVIEW', involved: [bob.personId] });
  // Whoever hands an attempt in by a key of their own is no second person for it either.
  expect(await decide(tokenisedAttempt({ order, postedBy: cleo.personId }))).toMatchObject({
    involved: [bob.personId, cleo.personId],
  });

  const record = ruleSetAuditListAnswer.parse((await risk.ask('GET', `/v1/rulesets/audit?version=${version}`)).body);
  expect(record.data.map(({ step, by, to }) => `${step} ${by.displayName} ${to}`).toReversed()).toEqual([
    'draft ada draft',
    'shadow operator shadow',
    'propose ada shadow',
    'promote bob live',
    'rollback bob retired',
  ]);

  // A third person copies the rule into a set of their own: it is still the first one's, and those's who put it live.
  const copied = await draft(candidate(4000).replace('not-small', 'not-so-small'), cleo);
  await move.move(copied.version, 'shadow', { principal: cleo, note: null });
  await move.move(copied.version, 'propose', { principal: cleo, note: null });
  const dan = operatorNamed('dan');
  await move.move(copied.version, 'promote', { principal: dan, note: null });
  const { involved } = await decide();
  expect(involved?.toSorted()).toEqual([ada, bob, cleo, dan].map(({ personId }) => personId).toSorted());
  await move.rollBack(copied.version, { principal: bob, note: null });
});

it('keeps everybody behind a rule who had it go live, drafters too, in whatever order the sets with it were written', async () => {
  const move = risk.app.get(MoveRuleSetHandler);
  const goLive = async (version: string, proposer: Person, promoter: Person): Promise<void> => {
    await move.move(version, 'shadow', { principal: proposer, note: null });
    await move.move(version, 'propose', { principal: proposer, note: null });
    await move.move(version, 'promote', { principal: promoter, note: null });
  };
  const people = ['author', 'gil', 'hal', 'ivo', 'jan', 'kim', 'lea'].map(operatorNamed);
  const [author, gil, hal, ivo, jan, kim, lea] = people as [Person, Person, Person, Person, Person, Person, Person];
  const first = await draft(candidate(4100), author);
  // The drafter of a copy promotes it: that is more than copying.
  const copy = await draft(candidate(4100).replace('not-small', 'rather-large'), gil);
  await goLive(copy.version, hal, gil);
  // Older than the copy, and live after it.
  await goLive(first.version, ivo, jan);
  expect((await decide()).involved?.toSorted()).toEqual(
    [author, gil, hal, ivo, jan].map(({ personId }) => personId).toSorted(),
  );

  const last = await draft(candidate(4100).replace('candidate', 'another'), kim);
  await goLive(last.version, kim, lea);
  expect((await decide()).involved?.toSorted()).toEqual(people.map(({ personId }) => personId).toSorted());
  await move.rollBack(last.version, { principal: lea, note: null });
  expect((await decide()).involved?.toSorted()).toEqual(people.map(({ personId }) => personId).toSorted());
  await move.rollBack(first.version, { principal: lea, note: null });
  await move.rollBack(copy.version, { principal: lea, note: null });
});

it('tells where a shadow differs, makes every decision again, and tries a candidate on what was decided', async () => {
  const [live] = ruleSetListAnswer.parse((await risk.ask('GET', '/v1/rulesets?status=live')).body).data;
  const { version } = await draft(candidate(4199));
  await risk.ask('POST', `/v1/rulesets/${version}/shadow`, { body: {} });
  const order = (amountMinor: string) => ({ orderId: `order-${amountMinor}`, amountMinor, currency: 'EUR' });
  const attempts = ['4199', '4200', '4201', '1000001'].map((amount) => tokenisedAttempt({ order: order(amount) }));
  for (const attempt of attempts) await decide(attempt);
  await risk.ask('POST', `/v1/rulesets/${version}/retire`, { body: {} });

  const { body } = await risk.ask('GET', `/v1/rulesets/${version}/differences`);
  const differences = differencesAnswer.parse(body);
  expect(differences).toMatchObject({
    attempts: 4,
    different: 3,
    decisions: [
      { from: 'APPROVE', to: 'REVIEW', attempts: 2, amounts: { EUR: '8401' } },
      { from: 'ABORT', to: 'REVIEW', attempts: 1, amounts: { EUR: '1000001' } },
      { from: 'APPROVE', to: 'APPROVE', attempts: 1, amounts: { EUR: '4199' } },
    ],
    rules: [{ rule: 'not-small', hits: 3, errors: 0 }],
  });
  expect(differences.examples.map((each) => each.paymentAttemptId)).toContain(attempts[3]!.paymentAttemptId);

  const seen = ruleSetHitsAnswer.parse((await risk.ask('GET', `/v1/rulesets/${version}/hits`)).body);
  expect(seen).toMatchObject({ attempts: 4, withoutHit: 1, rules: [{ rule: 'not-small', hits: 3, errors: 0 }] });
  expect(seen.decisions).toEqual([
    { decision: 'REVIEW', attempts: 3 },
    { decision: 'APPROVE', attempts: 1 },
  ]);
  const seenLive = ruleSetHitsAnswer.parse((await risk.ask('GET', `/v1/rulesets/${live!.version}/hits`)).body);
  expect(seenLive.rules).toContainEqual({ rule: 'amount-over-limit', hits: 1, errors: 0 });

  const again = await risk.ask('GET', `/v1/decisions/${attempts[0]!.paymentAttemptId}/recompute`);
  expect(again).toMatchObject({ status: 200, body: { isSame: true, version: live!.version } });
  const all = recomputationAnswer.parse((await risk.ask('GET', '/v1/decisions/recomputation')).body);
  expect(all).toMatchObject({ different: 0, unknownVersion: 0, same: all.decisions });
  expect(all.decisions).toBeGreaterThanOrEqual(attempts.length);

  const started = await risk.ask('POST', '/v1/backtests', { body: { version } });
  const { id } = backtestAnswer.parse(started.body);
  const done = await eventually(async () => {
    const backtest = backtestAnswer.parse((await risk.ask('GET', `/v1/backtests/${id}`)).body);
    expect(backtest.status).toBe('done');
    return backtest.result!;
  });
  expect(done.attempts).toBe(all.decisions);
  expect(done.decisions).toContainEqual(expect.objectContaining({ from: 'ABORT', to: 'REVIEW', attempts: 1 }));
  expect(backtestListAnswer.parse((await risk.ask('GET', '/v1/backtests')).body).data).toHaveLength(1);
  expect(await risk.ask('GET', `/v1/backtests/${randomUUID()}`)).toMatchObject({ status: 404 });
  const backwards = '/v1/decisions/recomputation?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z';
  expect(await risk.ask('GET', backwards)).toMatchObject({ status: 422 });
});

it('makes that decision again which is of the merchant that was named, where two know the same attempt', async () => {
  const attempt = tokenisedAttempt();
  await decide(attempt);
  const url = `/v1/decisions/${attempt.paymentAttemptId}/recompute`;
  expect(await risk.ask('GET', `${url}?merchantId=merchant-two`)).toMatchObject({ status: 404 });
  await decide({ ...attempt, merchantId: 'merchant-two' });
  await eventually(async () => {
    const ofTwo = await risk.ask('GET', `${url}?merchantId=merchant-two`);
    expect(ofTwo).toMatchObject({ status: 200, body: { isSame: true, merchantId: 'merchant-two' } });
  });
  const ofOne = await risk.ask('GET', `${url}?merchantId=${attempt.merchantId}`);
  expect(ofOne).toMatchObject({ status: 200, body: { isSame: true, merchantId: attempt.merchantId } });
  const all = await risk.ask('GET', '/v1/decisions/recomputation?merchantId=merchant-two');
  expect(all).toMatchObject({ status: 200, body: { decisions: 1, same: 1 } });
});

it('keeps its record and what a set says as they are, whoever asks the database to change them', async () => {
  const schema = `${database.schema}_risk`;
  for (const statement of [
    `UPDATE ${schema}.rule_set_audit SET note = 'never'`,
    `DELETE FROM ${schema}.rule_set_audit`,
    `UPDATE ${schema}.rule_sets SET content = '{}'`,
    `DELETE FROM ${schema}.rule_sets`,
  ]) {
    await expect(database.query(statement)).rejects.toThrow('is not changed');
  }
});

it('starts with the set of the database and not with the file, once there is one', async () => {
  const { version } = loadRuleSet(environment['RULESET_FILE']!);
  const [row] = await database.query(`SELECT count(*)::int AS sets FROM ${database.schema}_risk.rule_sets`);
  await risk.app.close();
  risk = await startRisk(environment);
  expect(await database.query(`SELECT count(*)::int AS sets FROM ${database.schema}_risk.rule_sets`)).toEqual([row]);
  expect(await statusOf(version)).toBe('live');
});
