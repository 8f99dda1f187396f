import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  ApprovalChanged,
  AttemptConcluded,
  AttemptDecided,
  type AttemptDecidedData,
  PaymentCommandConcluded,
  PaymentCommandHeld,
  topicName,
} from '@tollgate/contracts';
import {
  concludedAttempt,
  decidedAttempt,
  eventually,
  foreignRecord,
  SAMPLE_MERCHANT,
  sampleId,
  testDatabase,
  testRecords,
  testTopicPrefix,
  tokenisedAttempt,
} from '@tollgate/testing';
import { EventTransactions } from '@tollgate/messaging';
import { PersonalValues } from '@tollgate/persistence';
import { ApprovalRepository } from '../src/approvals/approval.repository.ts';
import { toStep } from '../src/approvals/approval.states.ts';
import { type AnswerBody, type ApprovalsStage, KEYS, MASTER_KEY, startApprovals } from './approvals-service.ts';

const topics = testTopicPrefix(import.meta.url);
const database = await testDatabase(import.meta.url);
const records = await testRecords(topics);
const decisionsTopic = topicName('decisions', topics.prefix);
let approvals: ApprovalsStage;

beforeAll(async () => {
  approvals = await startApprovals(database, topics);
}, 60_000);

afterAll(async () => {
  await approvals?.close();
});

const PATIENCE = { timeoutMs: 40_000, intervalMs: 100 };
const evaluation = (bin: string) => ({
  ruleSet: 'default',
  version: 'v',
  digest: 'd',
  hits: [{ rule: 'marked-for-review', decision: 'REVIEW', reason: 'review-required' }],
  features: { 'card.bin': bin },
});

/** A REVIEW of the rules; `amountMinor` from 100000 on takes two people. */
function reviewAsked(amountMinor = '4200', changes: Partial<AttemptDecidedData> = {}): AttemptDecidedData {
  const attempt = tokenisedAttempt({ order: { orderId: sampleId('order'), amountMinor, currency: 'EUR' } });
  return decidedAttempt(attempt, {
    decision: 'REVIEW',
    reason: 'review-required',
    evaluation: evaluation('411111'),
    ...changes,
  });
}

const decideSaid = (...decisions: AttemptDecidedData[]) =>
  records.send(decisionsTopic, ...decisions.map((decision) => foreignRecord(AttemptDecided, decision)));

/** The review of an attempt or command, once it is as asked for. */
function reviewOf(resourceId: string, fits: (found: AnswerBody) => boolean = () => true): Promise<AnswerBody> {
  return eventually(async () => {
    const { body } = await approvals.ask('GET', `/v0/approvals?resourceId=${resourceId}`, { key: KEYS.platform });
    const [found] = body.data as AnswerBody[];
    if (found === undefined || !fits(found)) throw new Error(`no such review yet: ${JSON.stringify(found)}`);
    return found;
  }, PATIENCE);
}

const decide = (review: AnswerBody, decision: string, name: 'rita' | 'otto', hash = review.dataSnapshotHash) =>
  approvals.ask('PATCH', `/v0/approvals/${review.id}`, {
    key: approvals.session(name),
    body: { decision, dataSnapshotHash: hash },
  });

describe('a review of an attempt', () => {
  it('is opened once, takes its votes on what is shown now, and announces one Decision', async () => {
    const asked = reviewAsked('150000');
    await decideSaid(asked, asked);
    const shown = await reviewOf(asked.paymentAttemptId);
    expect(shown.tollgate).toMatchObject({ quorum: { required: 2, given: 0 }, expiresAt: asked.clocks.decideBy });
    expect((await decide(shown, 'approved', 'rita')).body).toMatchObject({ decision: 'pending', reviewer: null });

    const later = new Date(Date.parse(asked.decidedAt) + 1).toISOString();
    await decideSaid({ ...asked, decidedAt: later, evaluation: evaluation('555555') });
    const renewed = await reviewOf(
      asked.paymentAttemptId,
      ({ dataSnapshotHash }) => dataSnapshotHash !== shown.dataSnapshotHash,
    );
    expect(renewed).toMatchObject({ id: shown.id, tollgate: { quorum: { required: 2, given: 0 }, votes: [] } });
    expect((await decide(shown, 'approved', 'otto')).body).toMatchObject({
      code: 'APPROVAL_STALE',
      details: { dataSnapshotHash: renewed.dataSnapshotHash },
    });
    expect((await decide(renewed, 'approved', 'rita')).status).toBe(200);
    expect((await decide(renewed, 'approved', 'rita')).body.code).toBe('APPROVAL_VOTED');
    expect((await decide(renewed, 'approved', 'otto')).body).toMatchObject({ decision: 'approved' });

    const decisions = await eventually(async () => {
      const own = (await records.read(decisionsTopic)).filter(
        ({ key, headers }) => key === asked.paymentAttemptId && headers['ce_source'] === '/tollgate/approvals',
      );
      expect(own).not.toEqual([]);
      return own;
    }, PATIENCE);
    expect(decisions.map(({ value }) => JSON.parse(value ?? '') as AttemptDecidedData)).toMatchObject([
      { decision: 'APPROVE', source: 'reviewer', order: asked.order, clocks: asked.clocks },
    ]);
    await records.send(
      topicName('outcomes', topics.prefix),
      foreignRecord(AttemptConcluded, concludedAttempt(undefined, { ...asOutcomeOf(asked, 'reviewer') })),
    );
    expect((await reviewOf(asked.paymentAttemptId, ({ tollgate }) => tollgate.effect !== 'none')).tollgate.effect).toBe(
      'applied',
    );
  });

  it('is void in whatever order its end is heard of', async () => {
    const [first, second] = [reviewAsked(), reviewAsked()];
    const endOf = ({ evaluation: _evaluation, ...review }: AttemptDecidedData): AttemptDecidedData => ({
      ...review,
      decision: 'ABORT',
      source: 'merchant',
      reason: 'superseded',
    });
    await decideSaid(endOf(first), first, second, endOf(second));
    for (const { paymentAttemptId } of [first, second]) {
      const over = await reviewOf(paymentAttemptId, ({ decision }) => decision !== 'pending');
      expect(over).toMatchObject({ decision: 'cancelled', tollgate: { effect: 'void', effectReason: 'superseded' } });
      expect((await decide(over, 'approved', 'rita')).body.code).toBe('APPROVAL_NOT_PENDING');
    }
  });

  it('is not for those who wrote the rules, nor for whoever placed the order', async () => {
    const { personId } = (
      await database.query<{ personId: string }>(
        `SELECT person_id AS "personId" FROM ${database.schema}_identity.person WHERE email = 'rita@shop.test'`,
      )
    )[0]!;
    const byRita = reviewAsked('4200', { involved: [personId] });
    const placedBy = (features: Record<string, string>) =>
      reviewAsked('4200', { evaluation: { ...evaluation('411111'), features } });
    const ofOtto = placedBy({ 'customer.id': 'Otto@shop.test' });
    const personal = new PersonalValues(MASTER_KEY);
    const byMail = placedBy({ 'customer.emailHash': personal.hash('email', 'Otto@shop.test')! });
    await decideSaid(byRita, ofOtto, byMail);
    expect((await decide(await reviewOf(byRita.paymentAttemptId), 'approved', 'rita')).body.code).toBe(
      'REVIEWER_INVOLVED',
    );
    for (const { paymentAttemptId } of [ofOtto, byMail]) {
      expect((await decide(await reviewOf(paymentAttemptId), 'approved', 'otto')).body.code).toBe('REVIEWER_INVOLVED');
    }
    const named = await approvals.ask('PATCH', `/v0/approvals/${(await reviewOf(byMail.paymentAttemptId)).id}`, {
      key: KEYS.platform,
      body: { decision: 'approved', actorId: 'otto@shop.test', dataSnapshotHash: 'any' },
    });
    expect(named.body.code).toBe('REVIEWER_INVOLVED');
  });

  it('shows what the rules saw to those who read risk, and to no key of a merchant or the platform', async () => {
    const asked = reviewAsked();
    await decideSaid(asked);
    const { id, dataSnapshotHash } = await reviewOf(asked.paymentAttemptId);
    const shownTo = async (key: string) => (await approvals.ask('GET', `/v0/approvals/${id}`, { key })).body.tollgate;
    expect(await shownTo(approvals.session('vera'))).toMatchObject({
      reason: 'review-required',
      dataSnapshot: { rules: { hits: [{ rule: 'marked-for-review' }] }, features: { 'card.bin': '411111' } },
    });
    for (const key of [KEYS.merchant, KEYS.platform]) {
      expect(await shownTo(key)).toMatchObject({
        reason: null,
        dataSnapshot: { order: { orderId: asked.order.orderId }, reason: null, rules: null, features: {} },
      });
    }
    expect((await approvals.ask('GET', `/v0/approvals/${id}`)).body.dataSnapshotHash).toBe(dataSnapshotHash);
  });

  it('stands in the queue by the time that is left, the most urgent first', async () => {
    const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();
    const asked = [60, 40, 50].map((seconds) => {
      const review = reviewAsked();
      return { ...review, clocks: { ...review.clocks, decideBy: inSeconds(seconds) } };
    });
    await decideSaid(...asked);
    const ids = await Promise.all(asked.map(async ({ paymentAttemptId }) => (await reviewOf(paymentAttemptId)).id));
    const queue = async (key: string) =>
      (await approvals.ask('GET', '/v0/approvals?decision=pending&limit=100', { key })).body.data
        .map(({ id }) => ids.indexOf(id))
        .filter((index) => index >= 0);
    expect(await queue(approvals.session('vera'))).toEqual([1, 2, 0]);
    expect(new Set(await queue(KEYS.platform))).toEqual(new Set([0, 1, 2]));
  });

  it('is told to whoever watches the queue', async () => {
    const abort = new AbortController();
    const answer = await fetch(`${await approvals.app.getUrl()}/v0/approvals/stream`, {
      headers: { authorization: `Bearer ${approvals.session('vera')}` },
      signal: abort.signal,
    });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    const asked = reviewAsked();
    await decideSaid(asked);
    let text = '';
    while (!text.includes(asked.paymentAttemptId)) {
      text += (await reader.read()).value ?? '';
    }
    expect(text).toContain('event: approval\ndata: {');
    abort.abort();
  });
});

describe('a payment command that waits', () => {
  it('goes on when a second person says so, and says what came of it', async () => {
    const commandId = sampleId('refund');
    const about = { merchantId: SAMPLE_MERCHANT, commandId, kind: 'refund', paymentId: sampleId('payment') } as const;
    const now = Date.now();
    const held = {
      ...about,
      amountMinor: '50000',
      currency: 'EUR',
      requester: `merchant:${SAMPLE_MERCHANT}`,
      reason: 'amount-above-limit',
      limit: { amountMinorMax: '10000' },
      holdDigest: 'a'.repeat(64),
      requestedAt: new Date(now).toISOString(),
      heldAt: new Date(now).toISOString(),
      decideBy: new Date(now + 3_600_000).toISOString(),
    };
    const resultsTopic = topicName('payment-command-results', topics.prefix);
    await records.send(resultsTopic, foreignRecord(PaymentCommandHeld, held));
    const review = await reviewOf(commandId);
    expect(review).toMatchObject({
      resourceType: 'payment_command',
      kind: 'financial_review',
      requester: held.requester,
    });
    const byKey = await approvals.ask('PATCH', `/v0/approvals/${review.id}`, {
      body: { decision: 'approved', dataSnapshotHash: review.dataSnapshotHash },
    });
    expect(byKey.body.code).toBe('REVIEWER_REQUIRED');
    expect((await decide(review, 'approved', 'rita')).status).toBe(200);
    const told = await eventually(async () => {
      const all = await records.read(topicName('approvals', topics.prefix));
      const own = all
        .filter(({ key }) => key === commandId)
        .map(({ value }) => ApprovalChanged.schema.parse(JSON.parse(value ?? '')));
      expect(own.map(({ change }) => change)).toEqual(['opened', 'decided']);
      return own[1]!;
    }, PATIENCE);
    expect(told).toMatchObject({ decision: 'approved', holdDigest: held.holdDigest, reviewer: 'rita@shop.test' });
    const concluded = {
      ...about,
      outcome: 'DONE',
      reason: 'as-requested',
      requestedAt: held.requestedAt,
      concludedAt: held.heldAt,
    } as const;
    await records.send(resultsTopic, foreignRecord(PaymentCommandConcluded, concluded));
    expect((await reviewOf(commandId, ({ tollgate }) => tollgate.effect !== 'none')).tollgate.effect).toBe('applied');
  });
});

it('the log tells a decision of a person from one of a key in their name', async () => {
  const asked = [reviewAsked(), reviewAsked()];
  await decideSaid(...asked);
  const [own, named] = await Promise.all(asked.map(({ paymentAttemptId }) => reviewOf(paymentAttemptId)));
  expect((await decide(own!, 'approved', 'rita')).status).toBe(200);
  const byKey = await approvals.ask('PATCH', `/v0/approvals/${named!.id}`, {
    key: KEYS.platform,
    body: { decision: 'approved', actorId: 'rita@shop.test', dataSnapshotHash: named!.dataSnapshotHash },
  });
  expect(byKey.status).toBe(200);
  const rows = await database.query<{ actor: string; keyId: string | null }>(
    `SELECT actor, facts ->> 'keyId' AS "keyId" FROM ${approvals.schema}.audit_log
      WHERE change = 'decided' AND approval_id = ANY ($1::uuid[]) ORDER BY id`,
    [[own!.id, named!.id]],
  );
  expect(rows).toEqual([
    { actor: 'rita@shop.test', keyId: null },
    { actor: 'rita@shop.test', keyId: expect.stringMatching(/^[\da-f-]{36}$/) },
  ]);
});

it('every step is a row of the log and an event that says the same', async () => {
  await eventually(async () => {
    const rows = await database.query<Record<string, unknown>>(
      `SELECT approval_id::text AS "approvalId", sequence, change, actor, decision, effect
       FROM ${approvals.schema}.audit_log`,
    );
    const changes = rows.map(({ change }) => change);
    expect(changes).toEqual(expect.arrayContaining(['opened', 'voted', 'refreshed', 'decided', 'voided', 'effect']));
    const told = (await records.read(topicName('approvals', topics.prefix)))
      .map(({ value }) => ApprovalChanged.schema.parse(JSON.parse(value ?? '')))
      .map((step) => Object.fromEntries(Object.keys(rows[0]!).map((name) => [name, Reflect.get(step, name)])));
    expect(new Set(told.map(inOneLine))).toEqual(new Set(rows.map(inOneLine)));
  }, PATIENCE);
});

describe('the database itself', () => {
  it.each(['UPDATE audit_log SET actor = actor', 'DELETE FROM audit_log', 'TRUNCATE audit_log'])(
    'lets nobody rewrite the log: %s',
    async (statement) => {
      const placed = statement.replace('audit_log', `${approvals.schema}.audit_log`);
      await expect(database.query(placed)).rejects.toThrow('only ever added to');
    },
  );

  it('refuses a reviewer who is the maker', async () => {
    const update = `UPDATE ${approvals.schema}.approval SET decision = 'approved', decided_at = now(), reviewer = upper(makers[1])`;
    await expect(database.query(update)).rejects.toThrow('violates check constraint');
  });

  it('keeps how many have to approve as it was at the opening', async () => {
    const asked = reviewAsked('150000');
    await decideSaid(asked);
    const { id } = await reviewOf(asked.paymentAttemptId);
    const repository = approvals.app.get(ApprovalRepository, { strict: false });
    await approvals.app.get(EventTransactions, { strict: false }).run(async (tx) => {
      const { approvals: locked, now } = await repository.lockByIds(tx, [id]);
      await repository.take(tx, [toStep({ ...locked[0]!, votesRequired: 1 }, 'claimed', 'a mistake', now)]);
    });
    expect((await reviewOf(asked.paymentAttemptId)).tollgate).toMatchObject({ quorum: { required: 2 }, sequence: 2 });
  });
});

function inOneLine(step: Record<string, unknown>): string {
  return JSON.stringify(step);
}

function asOutcomeOf(
  { merchantId, paymentAttemptId, clientSessionId, order, clocks, decidedAt }: AttemptDecidedData,
  source: string,
) {
  const decision = { decision: 'APPROVE', source, reason: 'reviewer-approved', decidedAt } as const;
  return { merchantId, paymentAttemptId, clientSessionId, order, clocks, decision };
}
