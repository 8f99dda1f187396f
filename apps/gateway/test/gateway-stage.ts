import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { expect } from '@jest/globals';
import {
  AttemptConcluded,
  type AttemptConcludedData,
  AttemptDecided,
  type AttemptDecidedData,
  AttemptOutcomeUnknown,
  type AttemptTokenisedData,
  PaymentStatusReported,
  type PaymentStatusReportedData,
  topicName,
} from '@tollgate/contracts';
import {
  decidedAttempt,
  eventually,
  foreignRecord,
  type TestDatabase,
  type TestRecords,
  type TestTopics,
  tokenisedAttempt,
} from '@tollgate/testing';
import { prepareGateway, startGateway } from './gateway-service.ts';
import { StubPrimer } from './stub-primer.ts';

/** What tests look at in a row of `attempt_action`. */
export interface ActionRow {
  readonly state: string;
  readonly step: string;
  readonly payment_id: string | null;
  readonly outcome_reason: string | null;
  readonly approve_calls: number;
  readonly abort_calls: number;
  readonly fence: number;
  readonly last_answer: string | null;
}

/** An outcome event as it lies on the topic. */
export interface SeenOutcome {
  readonly type: string;
  readonly traceparent: string;
  readonly data: AttemptConcludedData;
}

/** A gateway between a stub of Primer and real topics. */
export class GatewayStage {
  readonly apps: NestFastifyApplication[] = [];

  private constructor(
    readonly primer: StubPrimer,
    readonly environment: Record<string, string>,
    private readonly database: TestDatabase,
    private readonly topics: TestTopics,
    private readonly records: TestRecords,
  ) {}

  static async set(database: TestDatabase, topics: TestTopics, records: TestRecords): Promise<GatewayStage> {
    const primer = await StubPrimer.start();
    const environment = await prepareGateway(database, topics, primer.url);
    return new GatewayStage(primer, environment, database, topics, records);
  }

  /** Starts one more gateway of the same installation and waits until decisions come through. */
  async start(overrides: Record<string, string> = {}): Promise<NestFastifyApplication> {
    const app = await startGateway({ ...this.environment, ...overrides });
    this.apps.push(app);
    const first = this.attempt();
    await this.decide(first);
    await this.reaches(first, 'APPROVED', 60_000);
    return app;
  }

  async strike(): Promise<void> {
    await Promise.allSettled(this.apps.map((app) => app.close()));
    await this.primer.stop();
  }

  /** An attempt that the stub knows; approve calls may start for so long. */
  attempt(approveForMs = 60_000, overrides: Partial<AttemptTokenisedData> = {}): AttemptTokenisedData {
    const at = (offsetMs: number) => new Date(Date.now() + offsetMs).toISOString();
    const clocks = {
      receivedAt: at(-1_000),
      decideBy: at(approveForMs - 500),
      approveBy: at(approveForMs),
      expiresAt: at(900_000),
    };
    const attempt = tokenisedAttempt({ clocks, ...overrides });
    this.primer.know(attempt);
    return attempt;
  }

  async decide(attempt: AttemptTokenisedData, overrides: Partial<AttemptDecidedData> = {}): Promise<void> {
    await this.send(decidedAttempt(attempt, overrides));
  }

  async abort(attempt: AttemptTokenisedData): Promise<void> {
    await this.decide(attempt, { decision: 'ABORT', reason: 'rule-matched' });
  }

  async send(...decisions: AttemptDecidedData[]): Promise<void> {
    await this.sendWith({}, ...decisions);
  }

  async sendWith(headers: Record<string, string>, ...decisions: AttemptDecidedData[]): Promise<void> {
    const topic = topicName(AttemptDecided.topic, this.topics.prefix);
    await this.records.send(topic, ...decisions.map((data) => foreignRecord(AttemptDecided, data, headers)));
  }

  async report(status: PaymentStatusReportedData): Promise<void> {
    const topic = topicName(PaymentStatusReported.topic, this.topics.prefix);
    await this.records.send(topic, foreignRecord(PaymentStatusReported, status));
  }

  async row(attempt: AttemptTokenisedData): Promise<ActionRow | undefined> {
    const table = `${this.environment['DATABASE_SCHEMA']}.attempt_action`;
    const [row] = await this.database.query<ActionRow>(`SELECT * FROM ${table} WHERE attempt_id = $1`, [
      attempt.paymentAttemptId,
    ]);
    return row;
  }

  /** The row, once it is in this state. */
  async reaches(attempt: AttemptTokenisedData, state: string, timeoutMs = 30_000): Promise<ActionRow> {
    return eventually(
      async () => {
        const row = await this.row(attempt);
        expect(row?.state).toBe(state);
        return row!;
      },
      { timeoutMs },
    );
  }

  async incidents(attempt: AttemptTokenisedData): Promise<string[]> {
    const rows = await this.database.query<{ kind: string }>(
      `SELECT kind FROM ${this.environment['DATABASE_SCHEMA']}.incident WHERE attempt_id = $1 ORDER BY kind`,
      [attempt.paymentAttemptId],
    );
    return rows.map(({ kind }) => kind);
  }

  async query<Row>(text: string, values: unknown[] = []): Promise<Row[]> {
    return this.database.query<Row>(text.replaceAll('gateway.', `${this.environment['DATABASE_SCHEMA']}.`), values);
  }

  /** Every outcome event of the attempt, in the order of the topic. */
  async outcomes(attempt: AttemptTokenisedData): Promise<SeenOutcome[]> {
    const all = await this.records.read(topicName(AttemptConcluded.topic, this.topics.prefix));
    return all
      .filter(({ key }) => key === attempt.paymentAttemptId)
      .map(({ value, headers }) => {
        const type = headers['ce_type'] ?? '';
        const definition = type === AttemptConcluded.type ? AttemptConcluded : AttemptOutcomeUnknown;
        const traceparent = headers['traceparent'] ?? '';
        return { type, traceparent, data: definition.schema.parse(JSON.parse(value ?? '')) as AttemptConcludedData };
      });
  }

  /** The one outcome of the attempt, once it is on the topic. */
  async concluded(attempt: AttemptTokenisedData): Promise<AttemptConcludedData> {
    return eventually(
      async () => {
        const concluded = (await this.outcomes(attempt)).filter(({ type }) => type === AttemptConcluded.type);
        expect(concluded).toHaveLength(1);
        return concluded[0]!.data;
      },
      { timeoutMs: 20_000, intervalMs: 200 },
    );
  }
}
