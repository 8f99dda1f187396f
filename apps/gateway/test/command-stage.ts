import { randomUUID } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { expect } from '@jest/globals';
import {
  ApprovalChanged,
  type ApprovalChangedData,
  PaymentCommandConcluded,
  type PaymentCommandConcludedData,
  PaymentCommandHeld,
  type PaymentCommandHeldData,
  PaymentCommandRequested,
  type PaymentCommandRequestedData,
  topicName,
} from '@tollgate/contracts';
import {
  eventually,
  foreignRecord,
  sampleId,
  SAMPLE_MERCHANT,
  type TestDatabase,
  type TestRecords,
  type TestTopics,
} from '@tollgate/testing';
import { OPERATOR_TOKEN, prepareGateway, primerKeyOf, startGateway } from './gateway-service.ts';
import { StubPayments } from './stub-payments.ts';

/** An answer over HTTP: its status and its body, whatever that is. */
export interface CommandAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

const waitsMs = { timeoutMs: 40_000, intervalMs: 50 };

/** A gateway between a Primer of payments and real topics. */
export class CommandStage {
  readonly apps: NestFastifyApplication[] = [];

  private constructor(
    readonly primer: StubPayments,
    readonly environment: Record<string, string>,
    private readonly database: TestDatabase,
    private readonly topics: TestTopics,
    private readonly records: TestRecords,
  ) {}

  static async set(database: TestDatabase, topics: TestTopics, records: TestRecords): Promise<CommandStage> {
    const primer = await StubPayments.start();
    const environment = await prepareGateway(database, topics, primer.url);
    const faster = { GATEWAY_LEASE_MS: '2000', GATEWAY_REPEAT_AFTER_MS: '200', GATEWAY_COMMAND_TIMEOUT_MS: '500' };
    return new CommandStage(primer, { ...environment, ...faster }, database, topics, records);
  }

  async start(): Promise<NestFastifyApplication> {
    const app = await startGateway(this.environment);
    this.apps.push(app);
    return app;
  }

  async strike(): Promise<void> {
    await Promise.allSettled(this.apps.map((app) => app.close()));
    await this.primer.stop();
  }

  /** A payment of 42.00 EUR, authorised at Primer for this merchant. */
  payment(amount = 4200, merchantId = SAMPLE_MERCHANT): string {
    return this.primer.authorised(primerKeyOf(merchantId), amount);
  }

  /** What a result says of a payment of this stage, as far as a test needs it. */
  shown(paymentId: string): { paymentId: string; status: string; orderId: string } {
    return { paymentId, status: 'SETTLING', orderId: `order-of-${paymentId}` };
  }

  /** Sends a command by HTTP as the merchant; without `wait` in the headers it only takes the command in. */
  async post(
    path: string,
    commandId: string,
    body: object,
    options: { wait?: number; merchantId?: string; headers?: Record<string, string> } = {},
  ): Promise<CommandAnswer> {
    const { wait, merchantId = SAMPLE_MERCHANT, headers = {} } = options;
    const answer = await this.apps[0]!.inject({
      method: 'POST',
      url: `/v1/payments${path}`,
      headers: {
        authorization: `Bearer intake-key-of-${merchantId}`,
        'content-type': 'application/json',
        'idempotency-key': commandId,
        ...(wait === undefined ? {} : { prefer: `wait=${wait}` }),
        ...headers,
      },
      payload: JSON.stringify(body),
    });
    return { status: answer.statusCode, body: answer.json() };
  }

  async get(commandId: string, token = `intake-key-of-${SAMPLE_MERCHANT}`): Promise<CommandAnswer> {
    const url = `/v1/payment-commands/${encodeURIComponent(commandId)}`;
    const answer = await this.apps[0]!.inject({ method: 'GET', url, headers: { authorization: `Bearer ${token}` } });
    return { status: answer.statusCode, body: answer.json() };
  }

  /** An operator's deed, or what an operator reads. */
  async operate(url: string, body?: object, token = OPERATOR_TOKEN): Promise<CommandAnswer> {
    const answer = await this.apps[0]!.inject({
      method: body === undefined ? 'GET' : 'POST',
      url,
      headers: { authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { payload: body }),
    });
    return { status: answer.statusCode, body: answer.json() };
  }

  /** Sends a command by the topic, as any other team's system would. */
  async publish(
    command: PaymentCommandRequestedData['command'],
    overrides: Partial<PaymentCommandRequestedData> = {},
    headers: Record<string, string> = {},
  ): Promise<PaymentCommandRequestedData> {
    const data = {
      merchantId: SAMPLE_MERCHANT,
      commandId: sampleId('command'),
      requestedAt: new Date().toISOString(),
      command,
      ...overrides,
    };
    await this.records.send(this.#topic('payment-commands'), foreignRecord(PaymentCommandRequested, data, headers));
    return data;
  }

  /** The one result of a command, once it is on the topic. */
  async result(commandId: string): Promise<PaymentCommandConcludedData> {
    return eventually(async () => {
      const results = await this.results(commandId);
      expect(results).toHaveLength(1);
      return results[0]!;
    }, waitsMs);
  }

  async results(commandId: string): Promise<PaymentCommandConcludedData[]> {
    const all = await this.records.read(this.#topic('payment-command-results'));
    return all
      .filter(({ headers }) => headers['ce_type'] === PaymentCommandConcluded.type)
      .map(({ value }) => PaymentCommandConcluded.schema.parse(JSON.parse(value ?? '')))
      .filter((result) => result.commandId === commandId);
  }

  /** What is put to a second person, once it is on the topic. */
  async heldEvent(commandId: string): Promise<PaymentCommandHeldData> {
    return eventually(async () => {
      const all = await this.records.read(this.#topic('payment-command-results'));
      const held = all
        .filter(({ headers }) => headers['ce_type'] === PaymentCommandHeld.type)
        .map(({ value }) => PaymentCommandHeld.schema.parse(JSON.parse(value ?? '')))
        .filter((one) => one.commandId === commandId);
      expect(held).toHaveLength(1);
      return held[0]!;
    }, waitsMs);
  }

  /** What the approvals service says about a command. */
  async say(about: Pick<ApprovalChangedData, 'resourceId' | 'merchantId' | 'holdDigest' | 'change' | 'decision'>) {
    const data: ApprovalChangedData = {
      ...{ approvalId: randomUUID(), resourceType: 'payment_command', kind: 'financial_review', sequence: 2 },
      ...{ at: new Date().toISOString(), actor: 'rita@example.com', effect: 'none', dataSnapshotHash: 'hash' },
      ...{ votesRequired: 1, votesGiven: 1 },
      ...about,
    };
    await this.records.send(this.#topic('approvals'), foreignRecord(ApprovalChanged, data));
  }

  /** What lies on a topic, as one text. */
  async textOf(topic: 'payment-commands' | 'payment-command-results'): Promise<string> {
    return JSON.stringify(await this.records.read(this.#topic(topic)));
  }

  async deadLetters(): Promise<Array<{ key: string | null; code: string | undefined }>> {
    const letters = await this.records.read(`${this.#topic('payment-commands')}.gateway.dlq`);
    return letters.map(({ key, headers }) => ({ key, code: headers['tollgate-dead-letter-code'] }));
  }

  /** The row of a command, once it is in this state. */
  async reaches(commandId: string, state: string, timeoutMs = 20_000): Promise<Record<string, unknown>> {
    return eventually(
      async () => {
        const [row] = await this.query<Record<string, unknown>>(
          'SELECT * FROM gateway.payment_command WHERE command_id = $1',
          [commandId],
        );
        expect(row?.['state']).toBe(state);
        return row!;
      },
      { timeoutMs, intervalMs: 50 },
    );
  }

  async incidents(commandId: string): Promise<string[]> {
    const rows = await this.query<{ kind: string }>(
      'SELECT kind FROM gateway.incident WHERE subject = $1 ORDER BY kind',
      [`command ${commandId}`],
    );
    return rows.map(({ kind }) => kind);
  }

  async query<Row>(text: string, values: unknown[] = []): Promise<Row[]> {
    return this.database.query<Row>(text.replaceAll('gateway.', `${this.environment['DATABASE_SCHEMA']}.`), values);
  }

  #topic(topic: 'payment-commands' | 'payment-command-results' | 'approvals'): string {
    return topicName(topic, this.topics.prefix);
  }
}
