import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  ensureKeysAndPeople,
  IdentityDatabase,
  Passwords,
  People,
  prepareIdentity,
  Sessions,
} from '@tollgate/identity';
import { Database, prepareDatabase, upsertMerchant } from '@tollgate/persistence';
import { createService, ServiceLifetime } from '@tollgate/platform';
import { SAMPLE_MERCHANT, type TestDatabase, type TestTopics } from '@tollgate/testing';
import { gatewayEnvironment } from '../src/gateway.config.ts';
import { GatewayModule } from '../src/gateway.module.ts';

export const OPERATOR_TOKEN = 'operator-token-of-a-test';
export const MERCHANT_TWO = 'merchant-two';
/** Its orders may be paid twice, and what is paid against an abort is cancelled. */
export const MERCHANT_TWICE = 'merchant-twice';
/** Refunds above 10.00, captures above 50.00, creates above 100.00 EUR and more than one cancel an hour need a second person. */
export const MERCHANT_LIMITED = 'merchant-limited';
/** Primer's key of a merchant in these tests. */
export const primerKeyOf = (merchantId: string) => `primer-key-of-${merchantId}`;

const COMMAND_LIMITS = {
  refund: { amountMaxMinor: { EUR: '1000' } },
  capture: { amountMaxMinor: { EUR: '5000' } },
  create: { amountMaxMinor: { EUR: '10000' } },
  cancel: { perHourMax: 1 },
};

/** What instances of one test file share: schemas, merchants, settings that make seconds of minutes. */
export async function prepareGateway(
  database: TestDatabase,
  topics: TestTopics,
  primerUrl: string,
): Promise<Record<string, string>> {
  const masterKey = Buffer.alloc(32, 7).toString('base64');
  const merchantsSchema = `${database.schema}_merchants`;
  const urls = await prepareDatabase({
    adminUrl: database.url,
    masterKey,
    merchantsSchema,
    rolePrefix: database.schema,
    services: [{ service: 'gateway', schema: `${database.schema}_gateway`, merchantSecrets: ['primerApiKey'] }],
  });
  await prepareIdentity({
    adminUrl: database.url,
    masterKey,
    merchantsSchema,
    rolePrefix: database.schema,
    schema: `${database.schema}_identity`,
    readers: ['gateway'],
  });
  for (const merchantId of [SAMPLE_MERCHANT, MERCHANT_TWO, MERCHANT_TWICE, MERCHANT_LIMITED]) {
    await upsertMerchant({
      adminUrl: database.url,
      masterKey,
      merchantsSchema,
      merchant: {
        merchantId,
        intakeApiKey: `intake-key-of-${merchantId}`,
        primerApiKey: primerKeyOf(merchantId),
        webhookSecret: 'webhook-secret',
        settings: {
          ordersMayPayTwice: merchantId === MERCHANT_TWICE,
          cancelPaidAgainstAbort: merchantId === MERCHANT_TWICE,
          commandLimits: merchantId === MERCHANT_LIMITED ? COMMAND_LIMITS : {},
        },
      },
    });
  }
  return {
    LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent',
    TOLLGATE_OPERATOR_TOKEN: OPERATOR_TOKEN,
    TOLLGATE_MASTER_KEY: masterKey,
    DATABASE_URL: urls['gateway']!,
    DATABASE_SCHEMA: `${database.schema}_gateway`,
    MERCHANTS_SCHEMA: merchantsSchema,
    IDENTITY_SCHEMA: `${database.schema}_identity`,
    KAFKA_BROKERS: topics.brokers,
    TOPIC_PREFIX: topics.prefix,
    KAFKA_SESSION_TIMEOUT_MS: '6000',
    PRIMER_API_URL: primerUrl,
    GATEWAY_LEASE_MS: '4000',
    GATEWAY_APPROVE_TIMEOUT_MS: '3000',
    GATEWAY_ABORT_TIMEOUT_MS: '3000',
    GATEWAY_READ_TIMEOUT_MS: '5000',
    GATEWAY_DUE_POLL_MS: '200',
    GATEWAY_RETRY_PAUSE_MS: '30',
    GATEWAY_RETRY_PAUSE_MS_MAX: '200',
    GATEWAY_NOT_FOUND_PAUSE_MS: '50',
    GATEWAY_NONE_COUNTS_AFTER_MS: '1500',
    GATEWAY_UNKNOWN_TOO_LONG_MS: '6000',
    GATEWAY_KEY_PAUSE_MS: '300',
    GATEWAY_ALARM_ANSWERS_MIN: '3',
  };
}

/** Makes a person who operates. @returns the secret of their session */
export async function signInOperator({ url: databaseUrl, schema: prefix }: TestDatabase): Promise<string> {
  const schema = `${prefix}_identity`;
  const person = {
    email: 'ann@shop.test',
    displayName: 'Ann',
    role: 'operator',
    password: 'a password of a test',
  } as const;
  const passwordCost = { memoryKib: 8, passes: 1 };
  await ensureKeysAndPeople({ databaseUrl, schema, keys: [], people: [person], passwordCost });
  const database = await Database.connect({ service: 'setup', databaseUrl, schema, poolSize: 1 });
  try {
    const identity = new IdentityDatabase(database, schema);
    const sessions = new Sessions(identity);
    const [ann] = await new People(identity, sessions, new Passwords(passwordCost)).list();
    return (await sessions.open(ann!.personId, 'password')).secret;
  } finally {
    await database.close();
  }
}

/** One process' worth of gateway, inside the test's process, started as main.ts does but for the port. */
export async function startGateway(environment: Record<string, string>): Promise<NestFastifyApplication> {
  const module = GatewayModule.forRoot(gatewayEnvironment.parse(environment));
  const app = await createService({ service: 'gateway', module, host: '127.0.0.1', port: 0 });
  await app.listen(0, '127.0.0.1');
  await app.startAllMicroservices();
  app.get(ServiceLifetime, { strict: false }).markStarted();
  return app;
}
