import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { ApprovalAnswer, ApprovalListAnswer, ApprovalProblem } from '@tollgate/contracts';
import {
  ensureKeysAndPeople,
  IdentityDatabase,
  Keys,
  People,
  prepareIdentity,
  Passwords,
  Sessions,
} from '@tollgate/identity';
import { Database, prepareDatabase, upsertMerchant } from '@tollgate/persistence';
import { createService, ServiceLifetime } from '@tollgate/platform';
import { SAMPLE_MERCHANT, type TestDatabase, type TestTopics } from '@tollgate/testing';
import { toApprovalProblem } from '../src/approvals/approval-problem.policy.ts';
import { approvalsSettings } from '../src/approvals.config.ts';
import { ApprovalsModule } from '../src/approvals.module.ts';

export const MASTER_KEY = Buffer.alloc(32, 7).toString('base64');
export const OTHER_MERCHANT = 'merchant-two';
/** As Paygentic's reference calls the merchant of its example. */
export const EXAMPLE_MERCHANT = '<string>';
/** Keys by what they are; people's are sessions, see {@link ApprovalsStage.session}. */
export const KEYS = {
  operator: 'operator-token-of-a-test',
  merchant: 'approvals-key-of-a-test',
  other: 'approvals-key-of-another',
  example: 'approvals-key-of-the-example',
  platform: 'platform-key-of-a-test',
} as const;
const PEOPLE = [
  { email: 'rita@shop.test', displayName: 'Rita', role: 'reviewer' },
  { email: 'otto@shop.test', displayName: 'Otto', role: 'reviewer' },
  { email: 'vera@shop.test', displayName: 'Vera', role: 'viewer' },
] as const;
/** The least that argon2id takes: nobody signs in here. */
const PASSWORD_COST = { memoryKib: 8, passes: 1 };

/** What tests look at in an answer, whichever it is. */
export type AnswerBody = ApprovalAnswer & Omit<ApprovalListAnswer, 'object'> & ApprovalProblem;

export interface Answer {
  readonly status: number;
  readonly body: AnswerBody;
  readonly contentType: string;
}

/** One process' worth of approvals, inside the test's process, with merchants, keys and people. */
export interface ApprovalsStage {
  readonly app: NestFastifyApplication;
  /** Where it listens. */
  readonly url: string;
  readonly schema: string;
  /** A session's secret of one of the people, by the e-mail address' first part. */
  session(name: 'rita' | 'otto' | 'vera'): string;
  /** A key of the sample merchant that is not for approvals. */
  readonly narrowKey: string;
  ask(method: 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'PUT', url: string, options?: AskOptions): Promise<Answer>;
  close(): Promise<void>;
}

export interface AskOptions {
  readonly key?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Prepares schemas and starts approvals as main.ts does, but for the port. */
export async function startApprovals(
  database: TestDatabase,
  topics: TestTopics,
  overrides: Readonly<Record<string, string>> = {},
): Promise<ApprovalsStage> {
  const masterKey = MASTER_KEY;
  const schema = `${database.schema}_approvals`;
  const identitySchema = `${database.schema}_identity`;
  const shared = {
    adminUrl: database.url,
    masterKey,
    merchantsSchema: `${database.schema}_merchants`,
    rolePrefix: database.schema,
  };
  const urls = await prepareDatabase({ ...shared, services: [{ service: 'approvals', schema }] });
  for (const merchantId of [SAMPLE_MERCHANT, OTHER_MERCHANT, EXAMPLE_MERCHANT]) {
    await upsertMerchant({
      ...shared,
      merchant: {
        merchantId,
        intakeApiKey: `intake-key-of-${merchantId}`,
        primerApiKey: 'primer-key',
        webhookSecret: 'webhook-secret',
        settings: { approvalQuorum: [{ currency: 'EUR', fromMinor: '100000', votes: 2 }] },
      },
    });
  }
  const ownerUrl = await prepareIdentity({ ...shared, schema: identitySchema, readers: ['approvals'] });
  const { sessions, narrowKey } = await preparePeople(ownerUrl, identitySchema);
  const settings = approvalsSettings.parse({
    LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent',
    TOLLGATE_OPERATOR_TOKEN: KEYS.operator,
    TOLLGATE_MASTER_KEY: masterKey,
    DATABASE_URL: urls.approvals,
    DATABASE_SCHEMA: schema,
    MERCHANTS_SCHEMA: shared.merchantsSchema,
    IDENTITY_SCHEMA: identitySchema,
    KAFKA_BROKERS: topics.brokers,
    TOPIC_PREFIX: topics.prefix,
    KAFKA_SESSION_TIMEOUT_MS: '6000',
    ...overrides,
  });
  const app = await createService({
    service: 'approvals',
    module: ApprovalsModule.forRoot(settings),
    host: '127.0.0.1',
    port: 0,
    answerProblem: toApprovalProblem,
  });
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  await app.startAllMicroservices();
  app.get(ServiceLifetime, { strict: false }).markStarted();
  return {
    app,
    url: `http://127.0.0.1:${port}`,
    schema,
    session: (name) => sessions.get(`${name}@shop.test`)!,
    narrowKey,
    async ask(method, url, { key = KEYS.merchant, body, headers = {} } = {}) {
      const answer = await app.inject({
        method,
        url,
        headers: {
          ...(key === '' ? {} : { authorization: `Bearer ${key}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      return {
        status: answer.statusCode,
        body: JSON.parse(answer.body) as AnswerBody,
        contentType: String(answer.headers['content-type']),
      };
    },
    close: () => app.close(),
  };
}

/** Makes keys and people. @returns a session's secret of each person by e-mail address, and {@link ApprovalsStage.narrowKey} */
async function preparePeople(
  databaseUrl: string,
  schema: string,
): Promise<{ sessions: ReadonlyMap<string, string>; narrowKey: string }> {
  await ensureKeysAndPeople({
    databaseUrl,
    schema,
    keys: [
      { place: 'approvalsApiKey', secret: KEYS.merchant, merchantId: SAMPLE_MERCHANT },
      { place: 'otherApiKey', secret: KEYS.other, merchantId: OTHER_MERCHANT },
      { place: 'exampleApiKey', secret: KEYS.example, merchantId: EXAMPLE_MERCHANT },
      { place: 'platformApiKey', secret: KEYS.platform },
    ],
    people: PEOPLE.map((person) => ({ ...person, password: 'a password of a test' })),
    passwordCost: PASSWORD_COST,
  });
  const database = await Database.connect({ service: 'setup', databaseUrl, schema, poolSize: 1 });
  try {
    const identity = new IdentityDatabase(database, schema);
    const sessions = new Sessions(identity);
    const people = await new People(identity, sessions, new Passwords(PASSWORD_COST)).list();
    const secrets = new Map<string, string>();
    for (const { email, personId } of people) {
      secrets.set(email, (await sessions.open(personId, 'password')).secret);
    }
    const narrow = { name: 'checkouts', merchantId: SAMPLE_MERCHANT, scopes: ['attempts:read'] } as const;
    return { sessions: secrets, narrowKey: (await new Keys(identity).make(narrow, 'test')).secret };
  } finally {
    await database.close();
  }
}
