import { randomUUID } from 'node:crypto';
import { afterAll } from '@jest/globals';
import type { EventDefinition } from '@tollgate/contracts';
import { type Consumer, Kafka, logLevel, Partitioners } from 'kafkajs';
import { eventually } from './eventually.ts';
import type { TestTopics } from './test-topics.ts';

/** A record on a topic, as it was sent. */
export interface TestRecord {
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** Kafka as any other team would use it: plain records with headers by hand, none of our own messaging code. */
export interface TestRecords {
  /** @param topic its full name */
  send(topic: string, ...records: readonly TestRecord[]): Promise<void>;
  /** Every record of the topic up to now, in the order of each partition; none where there is no such topic. */
  read(topic: string): Promise<readonly TestRecord[]>;
}

/** An event of a producer that is not ours. `headers` overrides the envelope, `ce_id` for example. */
export function foreignRecord<Data>(
  definition: EventDefinition<Data>,
  data: Data,
  headers: Record<string, string> = {},
): TestRecord {
  const key = definition.keyOf(data);
  return {
    key,
    value: JSON.stringify(data),
    headers: {
      ce_specversion: '1.0',
      ce_id: randomUUID(),
      ce_type: definition.type,
      ce_source: 'https://shop.example/checkout',
      ce_time: new Date().toISOString(),
      ce_subject: key,
      'content-type': 'application/json',
      ...headers,
    },
  };
}

/** Connects to the run's broker; closed when the file's tests are over. */
export async function testRecords(topics: TestTopics): Promise<TestRecords> {
  const kafka = new Kafka({ brokers: topics.brokers.split(','), logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  const readers = new Map<string, Promise<TopicReader>>();
  await Promise.all([admin.connect(), producer.connect()]);
  afterAll(async () => {
    const consumers = await Promise.all([...readers.values()].map(async (reader) => (await reader).consumer));
    await Promise.all([admin, producer, ...consumers].map((client) => client.disconnect()));
  });
  return {
    async send(topic, ...records) {
      await producer.send({
        topic,
        messages: records.map((record) => ({ ...record, headers: { ...record.headers } })),
      });
    },
    async read(topic) {
      if (!(await admin.listTopics()).includes(topic)) return [];
      const reader = readers.get(topic) ?? startReader(kafka, topics, topic);
      readers.set(topic, reader);
      return (await reader).readUpTo(await admin.fetchTopicOffsets(topic));
    },
  };
}

interface TopicReader {
  readonly consumer: Consumer;
  readUpTo(ends: ReadonlyArray<{ partition: number; high: string }>): Promise<readonly TestRecord[]>;
}

/** One consumer for each topic, kept running: what was read once is not fetched again. */
async function startReader(kafka: Kafka, topics: TestTopics, topic: string): Promise<TopicReader> {
  const consumer = kafka.consumer({ groupId: `${topics.prefix}-reader-${randomUUID()}`, maxWaitTimeInMs: 100 });
  const records: TestRecord[] = [];
  const reached = new Map<number, bigint>();
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    eachMessage: ({ partition, message }) => {
      const headers = Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)] as const);
      records.push({
        key: message.key?.toString() ?? null,
        value: message.value?.toString() ?? null,
        headers: Object.fromEntries(headers),
      });
      reached.set(partition, BigInt(message.offset) + 1n);
      return Promise.resolve();
    },
  });
  return {
    consumer,
    readUpTo: (ends) =>
      eventually(
        () => {
          const behind = ends.filter(({ partition, high }) => (reached.get(partition) ?? 0n) < BigInt(high));
          if (behind.length > 0) throw new Error(`${topic} is not read to its end`);
          return [...records];
        },
        { timeoutMs: 20_000 },
      ),
  };
}
