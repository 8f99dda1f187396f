import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { expect } from '@jest/globals';
import {
  AttemptDecided,
  type AttemptDecidedData,
  type AttemptTokenisedData,
  type Principal,
  ROLE_SCOPES,
  type RuleSetAnswer,
  topicName,
} from '@tollgate/contracts';
import { prepareIdentity } from '@tollgate/identity';
import { prepareDatabase, upsertMerchant } from '@tollgate/persistence';
import { createService, ServiceLifetime } from '@tollgate/platform';
import { eventually, SAMPLE_MERCHANT, type TestDatabase, type TestRecords, type TestTopics } from '@tollgate/testing';
import { riskSettings } from '../src/risk.config.ts';
import { RiskModule } from '../src/risk.module.ts';
import { DraftRuleSetHandler } from '../src/rule-sets/draft-rule-set.handler.ts';

export const OPERATOR_TOKEN = 'operator-token-of-a-test';
const INTAKE_KEY = 'intake-key-of-a-test';

/** One process' worth of risk, inside the test's process. */
export interface RiskService {
  readonly app: NestFastifyApplication;
  /** Asks with the operator's token, or with another one. */
  ask(method: 'GET' | 'POST' | 'DELETE', url: string, options?: { body?: unknown; key?: string }): Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  readonly body: AnswerBody;
}

/** What tests look at in an answer; whole answers are parsed by their schema. */
export interface AnswerBody {
  readonly code?: string;
  readonly errors?: ReadonlyArray<{ path: string }>;
  readonly data?: readonly unknown[];
}

/** Somebody who may write and promote rules. */
export function operatorNamed(displayName: string): Principal & { readonly kind: 'person' } {
  const email = `${displayName}@example.com`;
  return { kind: 'person', personId: randomUUID(), email, displayName, role: 'operator', scopes: ROLE_SCOPES.operator };
}

/** Drafts a rule set as a person does. */
export async function draftRuleSet(
  { app }: RiskService,
  document: string | Record<string, unknown>,
  by = operatorNamed('author'),
): Promise<RuleSetAnswer> {
  return (await app.get(DraftRuleSetHandler).draft({ document }, by)).ruleSet;
}

/** What instances of one test file share: schemas, a merchant, settings. */
export async function prepareRisk(database: TestDatabase, topics: TestTopics): Promise<Record<string, string>> {
  const masterKey = Buffer.alloc(32, 7).toString('base64');
  const merchantsSchema = `${database.schema}_merchants`;
  const urls = await prepareDatabase({
    adminUrl: database.url,
    masterKey,
    merchantsSchema,
    rolePrefix: database.schema,
    services: [{ service: 'risk', schema: `${database.schema}_risk` }],
  });
  await prepareIdentity({
    adminUrl: database.url,
    masterKey,
    merchantsSchema,
    rolePrefix: database.schema,
    schema: `${database.schema}_identity`,
    readers: ['risk'],
  });
  const merchant = { intakeApiKey: INTAKE_KEY, primerApiKey: 'primer-key', webhookSecret: 'webhook-secret' };
  for (const [index, merchantId] of [SAMPLE_MERCHANT, 'merchant-two'].entries()) {
    await upsertMerchant({
      adminUrl: database.url,
      masterKey,
      merchantsSchema,
      merchant: { ...merchant, merchantId, intakeApiKey: `${INTAKE_KEY}-${index}` },
    });
  }
  return {
    LOG_LEVEL: 'silent',
    TOLLGATE_OPERATOR_TOKEN: OPERATOR_TOKEN,
    TOLLGATE_MASTER_KEY: masterKey,
    DATABASE_URL: urls.risk,
    DATABASE_SCHEMA: `${database.schema}_risk`,
    MERCHANTS_SCHEMA: merchantsSchema,
    IDENTITY_SCHEMA: `${database.schema}_identity`,
    KAFKA_BROKERS: topics.brokers,
    TOPIC_PREFIX: topics.prefix,
    KAFKA_SESSION_TIMEOUT_MS: '6000',
    RULESET_FILE: join(import.meta.dirname, '../../../config/rulesets/default.yaml'),
  };
}

/** An intake key of the sample merchant: no operator. */
export const MERCHANT_KEY = `${INTAKE_KEY}-0`;

/** Starts risk as main.ts does, but for the port. */
export async function startRisk(environment: Record<string, string>): Promise<RiskService> {
  const module = RiskModule.forRoot(riskSettings.parse(environment));
  const app = await createService({ service: 'risk', module, host: '127.0.0.1', port: 0 });
  await app.listen(0, '127.0.0.1');
  await app.startAllMicroservices();
  app.get(ServiceLifetime, { strict: false }).markStarted();
  return {
    app,
    async ask(method, url, { body, key = OPERATOR_TOKEN } = {}) {
      const answer = await app.inject({
        method,
        url,
        headers: {
          authorization: `Bearer ${key}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
      });
      return { status: answer.statusCode, body: JSON.parse(answer.body) as AnswerBody };
    },
  };
}

/** Decisions on the topic about the attempts, once each of them has one: every record, duplicates included. */
export async function decisionsAbout(
  records: TestRecords,
  topics: TestTopics,
  attempts: readonly AttemptTokenisedData[],
): Promise<Array<AttemptDecidedData & { eventId: string }>> {
  const ids = new Set(attempts.map(({ paymentAttemptId }) => paymentAttemptId));
  return eventually(
    async () => {
      const all = await records.read(topicName(AttemptDecided.topic, topics.prefix));
      const about = all
        .filter(({ key }) => key !== null && ids.has(key))
        .map(({ value, headers }) => ({
          ...AttemptDecided.schema.parse(JSON.parse(value ?? '')),
          eventId: headers['ce_id'] ?? '',
        }));
      expect(new Set(about.map(({ paymentAttemptId }) => paymentAttemptId)).size).toBe(ids.size);
      return about;
    },
    { timeoutMs: 45_000, intervalMs: 200 },
  );
}
