import { expect } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  AttemptConcluded,
  paymentAnswer,
  PaymentStatusReported,
  topicName,
  trialBalanceAnswer,
  type PaymentAnswer,
  type TrialBalanceAnswer,
} from '@tollgate/contracts';
import { prepareIdentity } from '@tollgate/identity';
import { prepareDatabase, upsertMerchant } from '@tollgate/persistence';
import { createService, ServiceLifetime } from '@tollgate/platform';
import { eventually, SAMPLE_MERCHANT, sampleId, type TestDatabase, type TestTopics } from '@tollgate/testing';
import { createHmac } from 'node:crypto';
import { readLedgerConfig } from '../src/ledger.config.ts';
import { LedgerModule } from '../src/ledger.module.ts';
import { PRIMER_KEY, type ProviderPayment } from './primer-stand-in.ts';

export const OPERATOR_TOKEN = 'operator-token-of-a-test';
export const INTAKE_KEY = 'intake-key-of-a-test';
export const WEBHOOK_SECRET = 'webhook-secret-of-a-test';
export const SECONDARY_SECRET = 'webhook-secret-before-its-rotation';

/** Schemas, a merchant and settings that instances of one test file share. */
export async function prepareLedger(
  database: TestDatabase,
  topics: TestTopics,
  primerApiUrl: string,
): Promise<Record<string, string>> {
  const masterKey = Buffer.alloc(32, 7).toString('base64');
  const merchantsSchema = `${database.schema}_merchants`;
  const schema = `${database.schema}_ledger`;
  const urls = await prepareDatabase({
    adminUrl: database.url,
    masterKey,
    merchantsSchema,
    rolePrefix: database.schema,
    services: [{ service: 'ledger', schema, merchantSecrets: ['primerApiKey', 'webhookSecrets'] }],
  });
  await prepareIdentity({
    adminUrl: database.url,
    masterKey,
    merchantsSchema,
    rolePrefix: database.schema,
    schema: `${database.schema}_identity`,
    readers: ['ledger'],
  });
  await upsertMerchant({
    adminUrl: database.url,
    masterKey,
    merchantsSchema,
    merchant: {
      merchantId: SAMPLE_MERCHANT,
      intakeApiKey: INTAKE_KEY,
      primerApiKey: PRIMER_KEY,
      webhookSecret: WEBHOOK_SECRET,
      webhookSecretSecondary: { secret: SECONDARY_SECRET, until: new Date(Date.now() + 3_600_000) },
    },
  });
  return {
    LOG_LEVEL: 'silent',
    TOLLGATE_OPERATOR_TOKEN: OPERATOR_TOKEN,
    TOLLGATE_MASTER_KEY: masterKey,
    DATABASE_URL: urls.ledger ?? '',
    DATABASE_SCHEMA: schema,
    MERCHANTS_SCHEMA: merchantsSchema,
    IDENTITY_SCHEMA: `${database.schema}_identity`,
    KAFKA_BROKERS: topics.brokers,
    TOPIC_PREFIX: topics.prefix,
    KAFKA_SESSION_TIMEOUT_MS: '6000',
    PRIMER_API_URL: primerApiUrl,
    SWEEP_POLL_MS: '50',
    SWEEP_LEASE_MS: '11000',
  };
}

/** One process' worth of the ledger, inside the test's process. */
export class LedgerService {
  readonly app: NestFastifyApplication;

  private constructor(app: NestFastifyApplication) {
    this.app = app;
  }

  /** Starts the ledger as main.ts does, but for the port. */
  static async start(environment: Record<string, string>): Promise<LedgerService> {
    const module = LedgerModule.forRoot(readLedgerConfig(environment));
    const app = await createService({ service: 'ledger', module, host: '127.0.0.1', port: 0 });
    await app.listen(0, '127.0.0.1');
    await app.startAllMicroservices();
    app.get(ServiceLifetime, { strict: false }).markStarted();
    return new LedgerService(app);
  }

  /** Delivers bytes as Primer does, signed unless told otherwise. */
  async deliver(
    body: string | Buffer,
    options: { merchantId?: string; headers?: Record<string, string> } = {},
  ): Promise<{ status: number; code: string | undefined }> {
    const { merchantId = SAMPLE_MERCHANT, headers = { 'x-signature-primary': sign(body) } } = options;
    const answer = await this.app.inject({
      method: 'POST',
      url: `/webhooks/primer/${merchantId}`,
      headers: { 'content-type': 'application/json', ...headers },
      payload: body,
    });
    return { status: answer.statusCode, code: (JSON.parse(answer.body) as { code?: string }).code };
  }

  /** Delivers a PAYMENT.STATUS webhook and expects it to be taken. */
  async report(payment: ProviderPayment, envelope: Record<string, unknown> = {}): Promise<void> {
    expect(await this.deliver(toWebhook(payment, envelope))).toMatchObject({ status: 200 });
  }

  async get(url: string, key = OPERATOR_TOKEN): Promise<{ status: number; body: Record<string, unknown> }> {
    const answer = await this.app.inject({ method: 'GET', url, headers: { authorization: `Bearer ${key}` } });
    return { status: answer.statusCode, body: JSON.parse(answer.body) as Record<string, unknown> };
  }

  /** The payment once the books know it, and it has the status if one is given. */
  payment(paymentId: string, status?: string): Promise<PaymentAnswer> {
    return eventually(
      async () => {
        const { status: answered, body } = await this.get(`/v1/payments/${paymentId}`);
        expect(answered).toBe(200);
        const payment = paymentAnswer.parse(body);
        if (status !== undefined) expect(payment.status).toBe(status);
        return payment;
      },
      { timeoutMs: 20_000 },
    );
  }

  async metrics(): Promise<string> {
    const headers = { authorization: `Bearer ${OPERATOR_TOKEN}` };
    return (await this.app.inject({ method: 'GET', url: '/metrics', headers })).body;
  }

  async trialBalance(query = ''): Promise<TrialBalanceAnswer> {
    return trialBalanceAnswer.parse((await this.get(`/v1/trial-balance${query}`)).body);
  }
}

/** The body of a PAYMENT.STATUS webhook. */
export function toWebhook(payment: ProviderPayment, envelope: Record<string, unknown> = {}): string {
  const nowSeconds = Math.floor(Date.now() / 1000).toString();
  return JSON.stringify({
    eventType: 'PAYMENT.STATUS',
    date: new Date().toISOString(),
    notificationConfig: { id: 'f1a9a1ff-3a7b-4e3f-8d5e-2f8f1f0d8c11', description: 'test' },
    version: '2.4',
    signedAt: nowSeconds,
    payment,
    ...envelope,
  });
}

export function sign(body: string | Buffer, secret = WEBHOOK_SECRET): string {
  return createHmac('sha256', secret).update(body).digest('base64');
}

/** An authorised payment of 42.00 EUR with an id of its own, in the provider's words. */
export function providerPayment(parts: Partial<ProviderPayment> = {}): ProviderPayment {
  return {
    id: sampleId('payment'),
    status: 'AUTHORIZED',
    date: '2026-03-01T10:00:00.000001',
    dateUpdated: '2026-03-01T10:00:01.000001',
    orderId: sampleId('order'),
    currencyCode: 'EUR',
    amount: 4200,
    processor: { name: 'STRIPE', amountCaptured: 0, amountRefunded: 0 },
    transactions: [],
    ...parts,
  };
}

/** The position of a payment as `account layer amount` lines. */
export function positionOf(payment: PaymentAnswer): string[] {
  return payment.position.map(({ account, layer, amount }) => `${account} ${layer} ${amount.amountMinor}`);
}

export const reportsTopic = (topics: TestTopics) => topicName(PaymentStatusReported.topic, topics.prefix);
export const outcomesTopic = (topics: TestTopics) => topicName(AttemptConcluded.topic, topics.prefix);
