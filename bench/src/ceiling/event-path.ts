import { randomUUID } from 'node:crypto';

import { Kafka, Partitioners, logLevel } from 'kafkajs';
import type { Consumer, KafkaMessage, Producer } from 'kafkajs';
import pg from 'pg';

import type { ServiceSettings } from '../columns/service-settings.ts';
import { GroupCommit } from './group-commit.ts';
import type { OutboxRow } from './outbox-row.types.ts';
import { Publisher } from './publisher.ts';

const POOL_SIZE = 10;
/** A fetch's batches are handed over together, so that they share a transaction. */
const PARTITIONS_AT_ONCE = 128;
const FETCH_WAIT_MS = 500;
const OFFSETS_EVERY_MS = 1_000;

/** An event about to be stored in the outbox. */
export interface OutgoingEvent {
  readonly topic: string;
  readonly key: string;
  readonly data: object;
}

/** One transaction: what it emits is committed with it and published afterwards. */
export class Transaction {
  readonly emitted: OutgoingEvent[] = [];
  readonly hooks: (() => void)[] = [];

  constructor(private readonly client: pg.PoolClient) {}

  /** Runs one named, prepared statement. @returns its rows */
  async run<Row extends pg.QueryResultRow>(name: string, text: string, values: unknown[]): Promise<Row[]> {
    return (await this.client.query<Row>({ name, text, values })).rows;
  }

  emit(...events: readonly OutgoingEvent[]): void {
    this.emitted.push(...events);
  }

  afterCommit(hook: () => void): void {
    this.hooks.push(hook);
  }
}

/** One service's way in and out of Kafka and PostgreSQL: inbox, outbox, publishing after the commit. */
export class EventPath {
  private readonly consumers: Consumer[] = [];

  private constructor(
    private readonly service: string,
    private readonly settings: ServiceSettings,
    private readonly pool: pg.Pool,
    private readonly kafka: Kafka,
    private readonly producer: Producer,
    private readonly publisher: Publisher,
  ) {}

  static async open(service: string, settings: ServiceSettings): Promise<EventPath> {
    const connection = { connectionString: settings.databaseUrl, options: `-c search_path=${service}` };
    const kafka = new Kafka({ clientId: service, brokers: [...settings.brokers], logLevel: logLevel.ERROR });
    const producer = kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      createPartitioner: Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    const pool = new pg.Pool({ ...connection, max: POOL_SIZE });
    return new EventPath(service, settings, pool, kafka, producer, new Publisher(producer, connection));
  }

  /** Commits what `work` writes together with the events it emits, then publishes them. */
  async transaction(work: (tx: Transaction) => Promise<void>): Promise<void> {
    const client = await this.pool.connect();
    const tx = new Transaction(client);
    let rows: OutboxRow[];
    try {
      await client.query('BEGIN');
      await work(tx);
      rows = tx.emitted.map((event) => this.toRow(event));
      if (rows.length > 0) await insertOutbox(tx, rows);
      await client.query('COMMIT');
    } catch (error) {
      await client.query('ROLLBACK');
      throw error;
    } finally {
      client.release();
    }
    this.publisher.publish(rows);
    tx.hooks.forEach((hook) => hook());
  }

  /**
   * Hands the events of a topic over in batches, each event once: it is claimed in the inbox in the same transaction.
   * @param onArrival told of every event before anything is stored
   */
  async consume<Data>(
    topic: string,
    handle: (tx: Transaction, events: readonly Data[]) => Promise<void>,
    onArrival?: (events: readonly Data[]) => void,
  ): Promise<void> {
    const commits = new GroupCommit<KafkaMessage[]>(async (batches) => {
      const messages = batches.flat();
      await this.transaction(async (tx) => {
        const fresh = await claim(tx, messages);
        if (fresh.length > 0) await handle(tx, fresh.map(toData<Data>));
      });
      return batches.map(() => undefined);
    });
    const consumer = this.kafka.consumer({
      groupId: `${this.settings.topicPrefix}.${this.service}.${topic}`,
      maxWaitTimeInMs: FETCH_WAIT_MS,
    });
    this.consumers.push(consumer);
    await consumer.connect();
    await consumer.subscribe({ topics: [`${this.settings.topicPrefix}.${topic}`], fromBeginning: true });
    const joined = new Promise((resolve) => {
      consumer.on(consumer.events.GROUP_JOIN, resolve);
    });
    await consumer.run({
      partitionsConsumedConcurrently: PARTITIONS_AT_ONCE,
      autoCommitInterval: OFFSETS_EVERY_MS,
      eachBatch: async ({ batch }) => {
        onArrival?.(batch.messages.map(toData<Data>));
        await commits.submit(batch.messages);
      },
    });
    await joined;
  }

  async close(): Promise<void> {
    await Promise.all(this.consumers.map((consumer) => consumer.disconnect()));
    await this.publisher.close();
    await this.producer.disconnect();
    await this.pool.end();
  }

  private toRow({ topic, key, data }: OutgoingEvent): OutboxRow {
    return { id: randomUUID(), topic: `${this.settings.topicPrefix}.${topic}`, key, value: JSON.stringify(data) };
  }
}

async function insertOutbox(tx: Transaction, rows: readonly OutboxRow[]): Promise<void> {
  await tx.run(
    'insert-outbox',
    `INSERT INTO outbox (id, topic, key, value) SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[])`,
    [rows.map((row) => row.id), rows.map((row) => row.topic), rows.map((row) => row.key), rows.map((row) => row.value)],
  );
}

/** @returns the messages whose ids were new */
async function claim(tx: Transaction, messages: readonly KafkaMessage[]): Promise<KafkaMessage[]> {
  const byId = new Map(messages.map((message) => [String(message.headers?.['id']), message]));
  const claimed = await tx.run<{ id: string }>(
    'claim-inbox',
    `INSERT INTO inbox (id) SELECT unnest($1::uuid[]) ON CONFLICT DO NOTHING RETURNING id`,
    [[...byId.keys()]],
  );
  return claimed.map(({ id }) => byId.get(id)).filter((message) => message !== undefined);
}

function toData<Data>(message: KafkaMessage): Data {
  return JSON.parse(String(message.value)) as Data;
}
