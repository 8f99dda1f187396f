import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  type AttemptAnswer,
  AttemptDecided,
  type AttemptDecidedData,
  deadLetterTopicName,
  type EventDefinition,
  topicName,
} from '@tollgate/contracts';
import { prepareIdentity } from '@tollgate/identity';
import { type MerchantSettingsInput, prepareDatabase, upsertMerchant } from '@tollgate/persistence';
import { createService, ServiceLifetime } from '@tollgate/platform';
import {
  eventually,
  type HttpAnswer,
  type HttpRequest,
  request,
  sampleId,
  type TestDatabase,
  type TestRecord,
  type TestRecords,
  type TestTopics,
} from '@tollgate/testing';
import { intakeSettings } from '../src/intake.config.ts';
import { IntakeModule } from '../src/intake.module.ts';

export const OPERATOR_TOKEN = 'operator-token-of-a-test';

/** The two shops of every test file, by their keys. */
export const SHOPS = {
  one: { merchantId: 'shop-one', key: 'intake-key-of-shop-one' },
  two: { merchantId: 'shop-two', key: 'intake-key-of-shop-two' },
} as const;

/** One process' worth of intake, inside the test's process, answering on a real port. */
export interface IntakeService {
  readonly app: NestFastifyApplication;
  readonly url: string;
  /** Sends a request with the first shop's key, unless another token is given. */
  ask<Body = AnyBody>(path: string, options?: HttpRequest): Promise<HttpAnswer<Body>>;
}

/** What tests look at in an answer; whole answers are parsed by their schema. */
export interface AnyBody {
  readonly code?: string;
  readonly status?: string;
  readonly result?: string;
  readonly paymentAttemptId?: string;
  readonly errors?: ReadonlyArray<{ path: string }>;
  readonly facts?: Readonly<Record<string, unknown>>;
  readonly decideBy?: string;
  readonly links?: Readonly<Record<string, string>>;
}

/** What instances of one test file share: schemas, merchants, settings. */
export async function prepareIntake(
  database: TestDatabase,
  topics: TestTopics,
  settingsOfShopTwo: MerchantSettingsInput = {},
): Promise<Record<string, string>> {
  const masterKey = Buffer.alloc(32, 11).toString('base64');
  const merchantsSchema = `${database.schema}_merchants`;
  const schema = `${database.schema}_intake`;
  const urls = await prepareDatabase({
    adminUrl: database.url,
    masterKey,
    merchantsSchema,
    rolePrefix: database.schema,
    services: [{ service: 'intake', schema }],
  });
  await prepareIdentity({
    adminUrl: database.url,
    masterKey,
    merchantsSchema,
    rolePrefix: database.schema,
    schema: `${database.schema}_identity`,
    readers: ['intake'],
  });
  for (const [name, { merchantId, key }] of Object.entries(SHOPS)) {
    await upsertMerchant({
      adminUrl: database.url,
      masterKey,
      merchantsSchema,
      merchant: {
        merchantId,
        intakeApiKey: key,
        primerApiKey: 'primer-key',
        webhookSecret: 'webhook-secret',
        settings: name === 'two' ? settingsOfShopTwo : {},
      },
    });
  }
  return {
    LOG_LEVEL: 'silent',
    TOLLGATE_OPERATOR_TOKEN: OPERATOR_TOKEN,
    TOLLGATE_MASTER_KEY: masterKey,
    DATABASE_URL: urls.intake,
    DATABASE_SCHEMA: schema,
    MERCHANTS_SCHEMA: merchantsSchema,
    IDENTITY_SCHEMA: `${database.schema}_identity`,
    KAFKA_BROKERS: topics.brokers,
    TOPIC_PREFIX: topics.prefix,
    KAFKA_SESSION_TIMEOUT_MS: '6000',
  };
}

/** Starts intake as main.ts does, but for the port. */
export async function startIntake(environment: Record<string, string>): Promise<IntakeService> {
  const module = IntakeModule.forRoot(intakeSettings.parse(environment));
  const app = await createService({ service: 'intake', module, host: '127.0.0.1', port: 0 });
  await app.listen(0, '127.0.0.1');
  await app.startAllMicroservices();
  app.get(ServiceLifetime, { strict: false }).markStarted();
  const { port } = app.getHttpServer().address() as { port: number };
  const url = `http://127.0.0.1:${port}`;
  await eventually(
    async () => {
      expect((await request(`${url}/health/ready`)).status).toBe(200);
    },
    { timeoutMs: 45_000 },
  );
  return { app, url, ask: (path, options = {}) => request(`${url}${path}`, { token: SHOPS.one.key, ...options }) };
}

/** Requests in hand get this long; the client keeps connections open on which it never sent one. Milliseconds. */
const STOP_CAP_MS = 1_000;

/** Ends it as a signal would. */
export async function stopIntake({ app }: IntakeService): Promise<void> {
  app.get(ServiceLifetime, { strict: false }).stop();
  const cut = setTimeout(() => app.getHttpServer().closeAllConnections(), STOP_CAP_MS);
  await app.close();
  clearTimeout(cut);
}

/** A request body as a shop's server sends it, with fresh ids. */
export function attemptBody(changes: Record<string, unknown> = {}) {
  return {
    clientSessionId: sampleId('session'),
    paymentAttemptId: randomUUID(),
    timestamp: Math.floor(Date.now() / 1000),
    paymentMethodToken: {
      token: sampleId('token'),
      tokenType: 'SINGLE_USE',
      paymentInstrumentType: 'PAYMENT_CARD',
      paymentInstrumentData: { network: 'VISA', first6Digits: '411111', last4Digits: '1111' },
      vaultData: null,
      threeDSecureAuthentication: null,
    },
    order: { orderId: sampleId('order'), amount: 4200, currencyCode: 'EUR', customerId: sampleId('customer') },
    ...changes,
  };
}

/** Events of one definition about one attempt, once there are `count` of them. */
export async function eventsAbout<Data>(
  places: { records: TestRecords; topics: TestTopics },
  definition: EventDefinition<Data>,
  about: { paymentAttemptId: string; count: number },
): Promise<Array<{ data: Data; headers: TestRecord['headers'] }>> {
  return eventually(
    async () => {
      const all = await places.records.read(topicName(definition.topic, places.topics.prefix));
      const found = all.filter(
        ({ key, headers }) => key === about.paymentAttemptId && headers['ce_type'] === definition.type,
      );
      expect(found).toHaveLength(about.count);
      return found.map(({ value, headers }) => ({ data: definition.schema.parse(JSON.parse(value ?? '')), headers }));
    },
    { timeoutMs: 45_000, intervalMs: 100 },
  );
}

/** Decisions that intake itself took about an attempt. */
export async function ownDecisions(
  places: { records: TestRecords; topics: TestTopics },
  about: { paymentAttemptId: string; count: number },
): Promise<AttemptDecidedData[]> {
  const events = await eventsAbout(places, AttemptDecided, about);
  return events.filter(({ headers }) => headers['ce_source'] === '/tollgate/intake').map(({ data }) => data);
}

/** Headers of the dead letter with this key. */
export async function deadLetterOf<Data>(
  places: { records: TestRecords; topics: TestTopics },
  definition: EventDefinition<Data>,
  key: string,
): Promise<TestRecord['headers']> {
  const topic = deadLetterTopicName(topicName(definition.topic, places.topics.prefix), 'intake');
  return eventually(
    async () => {
      const found = (await places.records.read(topic)).find((letter) => letter.key === key);
      expect(found).toBeDefined();
      return found?.headers ?? {};
    },
    { timeoutMs: 45_000, intervalMs: 100 },
  );
}

/** The attempt, once it has this status. */
export async function attemptWithStatus(
  intake: IntakeService,
  paymentAttemptId: string,
  status: string,
): Promise<AttemptAnswer> {
  return eventually(
    async () => {
      const answer = await intake.ask<AttemptAnswer>(
        `/v1/attempts/${paymentAttemptId}?merchantId=${SHOPS.one.merchantId}`,
        {
          token: OPERATOR_TOKEN,
        },
      );
      expect(answer.body).toMatchObject({ status });
      return answer.body;
    },
    { timeoutMs: 45_000 },
  );
}
