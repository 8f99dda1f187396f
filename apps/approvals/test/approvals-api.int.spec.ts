import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { approvalAnswer, ApprovalChanged, approvalListAnswer, approvalProblem, topicName } from '@tollgate/contracts';
import { eventually, SAMPLE_MERCHANT, sampleId, testDatabase, testRecords, testTopicPrefix } from '@tollgate/testing';
import { ApprovalRepository } from '../src/approvals/approval.repository.ts';
import {
  type Answer,
  type ApprovalsStage,
  type AskOptions,
  EXAMPLE_MERCHANT,
  KEYS,
  OTHER_MERCHANT,
  startApprovals,
} from './approvals-service.ts';

/** A topic that was made a moment ago has no leader yet. */
const PATIENCE = { timeoutMs: 40_000, intervalMs: 200 };

/** The command that Paygentic's reference prints for `POST /v0/approvals`, word for word. */
const PRINTED_COMMAND = String.raw`curl --request POST \
  --url https://api.paygentic.io/v0/approvals \
  --header 'Authorization: Bearer <token>' \
  --header 'Content-Type: application/json' \
  --data '
{
  "merchantId": "<string>",
  "resourceId": "<string>",
  "dataSnapshotHash": "<string>",
  "note": "<string>",
  "actorId": "<string>"
}
'`;

const topics = testTopicPrefix(import.meta.url);
const database = await testDatabase(import.meta.url);
const records = await testRecords(topics);
let approvals: ApprovalsStage;

beforeAll(async () => {
  approvals = await startApprovals(database, topics);
}, 60_000);

afterAll(async () => {
  await approvals?.close();
});

const wish = (changes: object = {}) => ({
  merchantId: SAMPLE_MERCHANT,
  resourceType: 'order',
  resourceId: sampleId('order'),
  dataSnapshotHash: 'opaque',
  ...changes,
});
const post = (body: unknown, options: AskOptions = {}) => approvals.ask('POST', '/v0/approvals', { body, ...options });
const patch = (id: string, body: unknown, key: string = KEYS.platform) =>
  approvals.ask('PATCH', `/v0/approvals/${id}`, { body, key });

/** Says what is not documented about a refusal; nothing when it is in Paygentic's shape. */
function misfitOf({ status, body, contentType }: Answer): string[] {
  const misfits = [
    ...([400, 401, 403, 404, 409, 500].includes(status) ? [] : [`status ${status}`]),
    ...(approvalProblem.safeParse(body).success ? [] : ['body']),
    ...(contentType.startsWith('application/json') ? [] : [contentType]),
  ];
  return misfits;
}

describe('POST /v0/approvals', () => {
  it('answers 201 with every field, the empty ones null', async () => {
    const body = wish({ note: null, actorId: 'ignored', unknown: { field: 1 } });
    const answer = await post(body);
    expect(answer.status).toBe(201);
    expect(approvalAnswer.parse(answer.body)).toMatchObject({
      object: 'approval',
      merchantId: SAMPLE_MERCHANT,
      resourceType: 'order',
      resourceId: body.resourceId,
      kind: 'data_review',
      decision: 'pending',
      requester: `merchant:${SAMPLE_MERCHANT}`,
      reviewer: null,
      note: null,
      decidedAt: null,
      dataSnapshotHash: 'opaque',
    });
    expect((await post(body)).body).toMatchObject({ error: 'conflict', code: 'APPROVAL_ALREADY_PENDING' });
  });

  it.each([
    ['no JSON', '{'],
    ['no object', []],
    ['nothing', null],
    ['merchantId missing', { merchantId: undefined }],
    ['merchantId empty', { merchantId: '' }],
    ['resourceType null', { resourceType: null }],
    ['resourceType unknown', { resourceType: 'payment_attempt' }],
    ['resourceId missing', { resourceId: undefined }],
    ['resourceId too long', { resourceId: 'x'.repeat(256) }],
    ['resourceId no text', { resourceId: 1 }],
    ['dataSnapshotHash missing', { dataSnapshotHash: undefined }],
    ['dataSnapshotHash too long', { dataSnapshotHash: 'x'.repeat(129) }],
    ['kind unknown', { kind: 'other' }],
    ['kind null', { kind: null }],
    ['note too long', { note: 'x'.repeat(2001) }],
    ['an ignored actorId too long', { actorId: 'x'.repeat(129) }],
    ['an ignored actorId null', { actorId: null }],
    ['the name of a service of ours', { actorId: 'Service:risk' }],
    ['U+0000', { note: '\u0000' }],
  ])('answers 400 to %s, for whomever the merchant is', async (_what, body) => {
    const sent = typeof body === 'object' && body !== null && !Array.isArray(body) ? wish(body) : body;
    const own = await post(sent);
    expect([own.status, own.body.error, misfitOf(own)]).toEqual([400, 'bad_request', []]);
    const foreign = await post(sent, { key: KEYS.other });
    expect([foreign.status, misfitOf(foreign)]).toEqual([400, []]);
  });

  it('takes what is as long as it may be, counted in characters', async () => {
    const longest = { resourceId: '𝄞'.repeat(255), dataSnapshotHash: 'x'.repeat(128), note: '𝄞'.repeat(2000) };
    const made = await post(wish({ ...longest, actorId: 'x'.repeat(128) }));
    expect(made.status).toBe(201);
    const told = await eventually(async () => {
      const [found] = (await records.read(topicName('approvals', topics.prefix))).filter(
        ({ headers }) => headers['ce_subject'] === made.body.id,
      );
      return ApprovalChanged.schema.parse(JSON.parse(found?.value ?? ''));
    }, PATIENCE);
    expect(told).toMatchObject({ resourceId: longest.resourceId, change: 'opened' });
  });

  it('answers 401, 403 and 404 to those who may not ask, in this order', async () => {
    const statusOf = async (options: AskOptions, body: unknown = wish()) => {
      const answer = await post(body, options);
      expect(misfitOf(answer)).toEqual([]);
      return [answer.status, answer.body.code];
    };
    expect(await statusOf({ key: '' }, '{')).toEqual([401, 'UNAUTHENTICATED']);
    expect(await statusOf({ key: 'nobody-has-this-key' })).toEqual([401, 'UNAUTHENTICATED']);
    expect(await statusOf({ key: KEYS.operator }, '{')).toEqual([403, 'SCOPE_MISSING']);
    expect(await statusOf({ key: approvals.session('rita') })).toEqual([403, 'SCOPE_MISSING']);
    expect(await statusOf({ key: KEYS.other })).toEqual([403, 'MERCHANT_FOREIGN']);
    expect(await statusOf({ key: KEYS.platform }, wish({ merchantId: 'nobody' }))).toEqual([404, 'MERCHANT_NOT_FOUND']);
  });

  it.each([
    ['merchant', `merchant:${EXAMPLE_MERCHANT}`],
    ['platform', '<string>'],
  ] as const)(
    "runs the command of Paygentic's reference as printed, with the key of the %s",
    async (owner, requester) => {
      const command = PRINTED_COMMAND.replace('https://api.paygentic.io', approvals.url).replace(
        '<token>',
        owner === 'merchant' ? KEYS.example : KEYS.platform,
      );
      const { stdout } = await promisify(execFile)('bash', ['-euc', `${command} --silent --fail-with-body`]);
      const made = approvalAnswer.parse(JSON.parse(stdout));
      expect(made).toMatchObject({ merchantId: '<string>', resourceType: 'order', resourceId: '<string>', requester });
      expect((await patch(made.id, { decision: 'cancelled' })).status).toBe(200);
    },
  );

  it('records whom the platform names, and nobody else', async () => {
    const named = await post(wish({ actorId: 'user-1' }), { key: KEYS.platform });
    expect(named.body.requester).toBe('user-1');
    expect((await post(wish(), { key: KEYS.platform })).body.requester).toBe('platform');
  });
});

describe('GET /v0/approvals', () => {
  it('answers pages of what fits, and says how much there is', async () => {
    const resourceId = sampleId('invoice');
    const kinds = ['data_review', 'financial_review', 'push'];
    for (const kind of kinds) {
      const made = await post(wish({ resourceType: 'invoice', resourceId, kind }));
      await patch(made.body.id, { decision: kind === 'push' ? 'approved' : 'rejected' });
    }
    const list = async (query: string, key: string = KEYS.merchant) =>
      (await approvals.ask('GET', `/v0/approvals?resourceId=${resourceId}&${query}`, { key })).body;
    expect(approvalListAnswer.parse(await list(''))).toMatchObject({
      object: 'list',
      pagination: { limit: 50, offset: 0, total: 3 },
    });
    const page = await list('limit=1&offset=1');
    expect([page.data.map(({ kind }) => kind), page.pagination]).toEqual([
      ['financial_review'],
      { limit: 1, offset: 1, total: 3 },
    ]);
    expect((await list('offset=9007199254740991')).data).toEqual([]);
    expect((await list('decision=approved')).data.map(({ kind }) => kind)).toEqual(['push']);
    expect((await list('resourceType=order')).pagination.total).toBe(0);
    expect((await list('kind=push&decision=pending')).pagination.total).toBe(0);
    expect((await list(`merchantId=${OTHER_MERCHANT}`, KEYS.platform)).pagination.total).toBe(0);
    expect((await list(`merchantId=${SAMPLE_MERCHANT}`, KEYS.platform)).pagination.total).toBe(3);
    expect((await list('', KEYS.other)).pagination.total).toBe(0);
    expect((await list('', KEYS.platform)).pagination.total).toBe(3);
    expect((await list('', approvals.session('vera'))).pagination.total).toBe(3);
  });

  it.each([
    ...['limit=0', 'limit=101', 'limit=', 'limit=1.5', 'limit=x', 'limit=1&limit=2', 'limit=%2B1', 'limit=1e1'],
    ...['offset=-1', 'offset=x', 'offset=9007199254740992', 'decision=done', 'kind=other', 'resourceType=cart'],
    `resourceId=${'x'.repeat(256)}`,
  ])('answers 400 to %s', async (query) => {
    const answer = await approvals.ask('GET', `/v0/approvals?${query}`);
    expect([answer.status, misfitOf(answer)]).toEqual([400, []]);
  });

  it("answers 403 to a key that asks for another merchant's", async () => {
    const answer = await approvals.ask('GET', `/v0/approvals?merchantId=${OTHER_MERCHANT}`);
    expect([answer.status, misfitOf(answer)]).toEqual([403, []]);
  });
});

describe('GET and PATCH /v0/approvals/{id}', () => {
  it("answers 404 to what nobody has, and to another merchant's", async () => {
    const { id } = (await post(wish())).body;
    const answers = [
      await approvals.ask('GET', '/v0/approvals/none'),
      await approvals.ask('GET', `/v0/approvals/${id}`, { key: KEYS.other }),
      await patch('none', { decision: 'approved' }),
      await patch('00000000-0000-4000-8000-000000000000', { decision: 'approved' }),
      await patch(id, { decision: 'approved' }, KEYS.other),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404]);
    expect(answers.flatMap(misfitOf)).toEqual([]);
    expect((await approvals.ask('GET', `/v0/approvals/${id.toUpperCase()}`)).body).toMatchObject({ id });
  });

  it.each([
    ['nothing', {}],
    ['no decision', { note: 'x' }],
    ['pending', { decision: 'pending' }],
    ['another word', { decision: 'APPROVED' }],
    ['a note too long', { decision: 'approved', note: 'x'.repeat(2001) }],
    ['an actorId too long', { decision: 'approved', actorId: 'x'.repeat(129) }],
    ['the name of a service of ours', { decision: 'cancelled', actorId: 'service:risk' }],
    ['a decision and a claim', { decision: 'approved', claim: true }],
    ['no JSON', '{'],
  ])('answers 400 to %s, whether there is such an approval or not', async (_what, body) => {
    const { id } = (await post(wish())).body;
    for (const key of [KEYS.merchant, KEYS.other]) {
      const answer = await patch(id, body, key);
      expect([answer.status, misfitOf(answer)]).toEqual([400, []]);
    }
    expect((await patch('none', body)).status).toBe(400);
  });

  it('lets nobody decide what they asked for, under whatever name', async () => {
    const own = (await post(wish())).body.id;
    expect((await patch(own, { decision: 'approved', actorId: 'user-9' }, KEYS.merchant)).body.code).toBe(
      'SELF_APPROVAL',
    );
    const named = (await post(wish({ actorId: 'user-1' }), { key: KEYS.platform })).body.id;
    expect((await patch(named, { decision: 'approved', actorId: 'user-1' })).body.code).toBe('SELF_APPROVAL');
    const byRita = (await post(wish({ actorId: 'RITA@shop.test' }), { key: KEYS.platform })).body.id;
    expect((await patch(byRita, { decision: 'rejected' }, approvals.session('rita'))).body.code).toBe('SELF_APPROVAL');
    expect((await patch(byRita, { decision: 'approved' }, approvals.session('vera'))).status).toBe(403);
    expect((await patch(byRita, { decision: 'approved' }, approvals.session('otto'))).body).toMatchObject({
      decision: 'approved',
      reviewer: 'otto@shop.test',
    });
  });

  it('answers 409 to every decision on what is not pending, the same one again included', async () => {
    const { id } = (await post(wish())).body;
    const decided = await patch(id, { decision: 'rejected', note: 'no', actorId: 'user-2' });
    expect(decided.body).toMatchObject({ decision: 'rejected', reviewer: 'user-2', note: 'no' });
    expect(decided.body.decidedAt).not.toBeNull();
    for (const decision of ['approved', 'rejected', 'cancelled']) {
      const maker = await patch(id, { decision }, KEYS.merchant);
      const other = await patch(id, { decision, actorId: 'user-3' });
      expect([maker.status, other.status, misfitOf(maker)]).toEqual([409, 409, []]);
    }
  });

  it('recalls what is pending and reopens what was approved, so that it can be asked for again', async () => {
    const body = wish();
    const first = (await post(body)).body.id;
    expect((await patch(first, { decision: 'cancelled' }, KEYS.merchant)).body.decision).toBe('cancelled');
    const second = (await post(body)).body.id;
    expect((await patch(second, { decision: 'approved' })).body.decision).toBe('approved');
    expect((await patch(second, { decision: 'cancelled' }, KEYS.merchant)).body.decision).toBe('cancelled');
    expect((await post(body)).status).toBe(201);
  });

  it('refuses a decision on something else than what there is', async () => {
    const { id } = (await post(wish())).body;
    const stale = await patch(id, { decision: 'approved', dataSnapshotHash: 'earlier' });
    expect([stale.status, stale.body.code, stale.body.details]).toEqual([
      409,
      'APPROVAL_STALE',
      { dataSnapshotHash: 'opaque' },
    ]);
    expect((await patch(id, { decision: 'approved', dataSnapshotHash: 'opaque' })).status).toBe(200);
  });

  it('knows no other way, and says so in the same shape', async () => {
    for (const [method, url] of [
      ['PUT', '/v0/approvals'],
      ['DELETE', '/v0/approvals/x'],
      ['GET', '/v0/other'],
    ] as const) {
      const answer = await approvals.ask(method, url);
      expect([answer.status, misfitOf(answer)]).toEqual([404, []]);
    }
  });
});

/** Each call's statuses as the vendor's OpenAPI document has them; of errors the category that goes with the status. */
const DOCUMENTED = {
  create: [201, 400, 401, 403, 404, 409, 500],
  list: [200, 400, 401, 403, 500],
  get: [200, 401, 403, 404, 500],
  update: [200, 400, 401, 403, 404, 409, 500],
} as const;
const CATEGORIES: Readonly<Record<number, string>> = {
  ...{ 400: 'bad_request', 401: 'unauthorized', 403: 'forbidden', 404: 'not_found', 409: 'conflict' },
  500: 'internal_server_error',
};

describe('every documented status', () => {
  const list = (query: string, options: AskOptions = {}) => approvals.ask('GET', `/v0/approvals${query}`, options);
  const get = (id: string, options: AskOptions = {}) => approvals.ask('GET', `/v0/approvals/${id}`, options);
  const made = async () => (await post(wish())).body.id;
  const approve = { decision: 'approved' };

  /** Asks while the approvals cannot be had for a reason that nobody foresaw. */
  async function whileBroken(ask: () => Promise<Answer>): Promise<Answer> {
    const repository = approvals.app.get(ApprovalRepository, { strict: false });
    const broken = (['open', 'list', 'findByIds', 'lockByIds'] as const).map((method) =>
      jest.spyOn(repository, method).mockRejectedValue(new Error('what only the log may tell')),
    );
    try {
      return await ask();
    } finally {
      for (const spy of broken) spy.mockRestore();
    }
  }

  const rows: Array<[call: keyof typeof DOCUMENTED, status: number, ask: () => Promise<Answer>]> = [
    ['create', 201, () => post(wish())],
    ['create', 400, () => post(wish({ kind: 'other' }))],
    ['create', 401, () => post(wish(), { key: '' })],
    ['create', 403, () => post(wish(), { key: KEYS.other })],
    ['create', 404, () => post(wish({ merchantId: 'nobody' }), { key: KEYS.platform })],
    ['create', 409, async () => post(wish({ resourceId: (await get(await made())).body.resourceId }))],
    ['create', 500, () => whileBroken(() => post(wish()))],
    ['list', 200, () => list('')],
    ['list', 400, () => list('?limit=0')],
    ['list', 401, () => list('', { key: '' })],
    ['list', 403, () => list('', { key: approvals.narrowKey })],
    ['list', 500, () => whileBroken(() => list(''))],
    ['get', 200, async () => get(await made())],
    ['get', 401, async () => get(await made(), { key: '' })],
    ['get', 403, async () => get(await made(), { key: approvals.narrowKey })],
    ['get', 404, () => get('none')],
    ['get', 500, () => whileBroken(() => get('00000000-0000-4000-8000-000000000000'))],
    ['update', 200, async () => patch(await made(), approve)],
    ['update', 400, async () => patch(await made(), {})],
    ['update', 401, async () => patch(await made(), approve, '')],
    ['update', 403, async () => patch(await made(), approve, KEYS.merchant)],
    ['update', 404, () => patch('none', approve)],
    ['update', 409, async () => patch((await patch(await made(), { decision: 'rejected' })).body.id, approve)],
    ['update', 500, () => whileBroken(() => patch('00000000-0000-4000-8000-000000000000', approve))],
  ];

  it('is in the matrix', () => {
    const statuses = Map.groupBy(rows, ([call]) => call);
    const tried = [...statuses].map(([call, each]) => [call, each.map(([, status]) => status)]);
    expect(Object.fromEntries(tried)).toEqual(DOCUMENTED);
  });

  it.each(rows)('of %s: %i, in the documented shape', async (call, status, ask) => {
    const answer = await ask();
    expect([answer.status, answer.body.error]).toEqual([status, CATEGORIES[status]]);
    if (status < 400) {
      const shape = call === 'list' ? approvalListAnswer : approvalAnswer;
      expect(shape.safeParse(answer.body).error).toBeUndefined();
    } else {
      expect(misfitOf(answer)).toEqual([]);
      expect(answer.body.message).not.toContain('only the log');
    }
  });
});
