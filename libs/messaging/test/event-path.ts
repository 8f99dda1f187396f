import { Controller, Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AttemptTokenised, type AttemptTokenisedData, KnownError, topicName } from '@tollgate/contracts';
import { Database, PersistenceModule, sql } from '@tollgate/persistence';
import { createService, PlatformModule, ServiceLifetime } from '@tollgate/platform';
import type { TestDatabase, TestTopics } from '@tollgate/testing';
import { Kafka, logLevel, Partitioners, type Producer } from 'kafkajs';
import {
  type EventBatch,
  MessagingModule,
  messagingEnvironment,
  messagingMigrations,
  OnEvents,
  toMessagingSettings,
} from '../src/index.ts';

const insertEffects = sql(
  'test-insert-effects',
  'INSERT INTO effects (attempt_id, order_id) SELECT * FROM unnest($1::text[], $2::text[])',
);

/** What the test's handler shall do beside its effect. */
export interface Behaviour {
  /** Throws this for a batch that holds one of these order ids. */
  failOn: Map<string, () => Error>;
  /** Rejects these orders one by one. */
  rejects: Set<string>;
  /** Has no time for a batch of more events. */
  eventsMax: number;
  /** Sizes of the batches as they came. */
  batches: number[];
}

export interface EventPathApp {
  readonly app: NestFastifyApplication;
  readonly behaviour: Behaviour;
  readonly topic: string;
  close(): Promise<void>;
}

export const SERVICE = 'recorder';

/** A service with one handler that writes a row per event, on real backends. */
export async function startEventPath(database: TestDatabase, topics: TestTopics): Promise<EventPathApp> {
  const behaviour: Behaviour = { failOn: new Map(), rejects: new Set(), eventsMax: Infinity, batches: [] };

  @Controller()
  class RecordConsumer {
    @OnEvents(AttemptTokenised)
    async handle({ events, tx }: EventBatch<AttemptTokenisedData>): Promise<void> {
      behaviour.batches.push(events.length);
      if (events.length > behaviour.eventsMax) {
        throw new KnownError('DATABASE_CONFLICT');
      }
      for (const event of events) {
        const failure = behaviour.failOn.get(event.data.order.orderId);
        if (failure !== undefined) {
          throw failure();
        }
        if (behaviour.rejects.has(event.data.order.orderId)) {
          tx.reject(event, new KnownError('ATTEMPT_CONFLICT', { facts: { fields: ['orderId'] } }));
        }
      }
      await tx.query(insertEffects, [
        events.map((event) => event.data.paymentAttemptId),
        events.map((event) => event.data.order.orderId),
      ]);
    }
  }

  const settings = toMessagingSettings(
    SERVICE,
    messagingEnvironment.parse({
      KAFKA_BROKERS: topics.brokers,
      TOPIC_PREFIX: topics.prefix,
      KAFKA_SESSION_TIMEOUT_MS: '6000',
      OUTBOX_GRACE_MS: '500',
    }),
  );

  @Module({
    imports: [
      PlatformModule.forRoot({
        service: SERVICE,
        settings: { HOST: '127.0.0.1', LOG_LEVEL: 'silent', TOLLGATE_OPERATOR_TOKEN: 'operator-token-of-a-test' },
      }),
      PersistenceModule.forRoot({
        service: SERVICE,
        databaseUrl: database.url,
        schema: database.schema,
        migrations: [...messagingMigrations],
      }),
      MessagingModule.forRoot(settings),
    ],
    controllers: [RecordConsumer],
  })
  class RecorderModule {}

  const app = await createService({ service: SERVICE, module: RecorderModule, host: '127.0.0.1', port: 0 });
  await app
    .get(Database, { strict: false })
    .manager.query('CREATE TABLE IF NOT EXISTS effects (attempt_id text, order_id text)');
  await app.startAllMicroservices();
  await app.init();
  app.get(ServiceLifetime, { strict: false }).markStarted();
  return { app, behaviour, topic: topicName('attempts', topics.prefix), close: () => app.close() };
}

/** A producer as any other team would write one: plain kafkajs, headers by hand. */
export async function startForeignProducer(topics: TestTopics): Promise<Producer> {
  const kafka = new Kafka({ brokers: [topics.brokers], logLevel: logLevel.NOTHING });
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  return producer;
}

/** Headers of an event by another producer. */
export function foreignHeaders(overrides: Record<string, string> = {}): Record<string, string> {
  return {
    ce_specversion: '1.0',
    ce_id: crypto.randomUUID(),
    ce_type: AttemptTokenised.type,
    ce_source: 'https://shop.example/checkout',
    ce_time: new Date().toISOString(),
    ce_subject: 'attempt',
    'content-type': 'application/json',
    ...overrides,
  };
}

/** All records of a topic, from its beginning to its end as of now. */
export async function readTopic(
  topics: TestTopics,
  topic: string,
): Promise<Array<{ key: string | null; value: string | null; headers: Record<string, string> }>> {
  const kafka = new Kafka({ brokers: [topics.brokers], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const ends = await admin.fetchTopicOffsets(topic).catch(() => []);
  await admin.disconnect();
  const expected = ends.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0);
  if (expected === 0) {
    return [];
  }
  const consumer = kafka.consumer({ groupId: `${topics.prefix}-reader-${crypto.randomUUID()}`, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const records: Array<{ key: string | null; value: string | null; headers: Record<string, string> }> = [];
  await new Promise<void>((resolve, reject) => {
    consumer
      .run({
        eachMessage: ({ message }) => {
          const headers = Object.fromEntries(
            Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)]),
          );
          records.push({
            key: message.key?.toString() ?? null,
            value: message.value?.toString() ?? null,
            headers,
          });
          if (records.length === expected) {
            resolve();
          }
          return Promise.resolve();
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
  return records;
}
