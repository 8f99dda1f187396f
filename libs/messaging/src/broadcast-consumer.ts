import { randomUUID } from 'node:crypto';
import type { Log } from '@tollgate/platform';
import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import { createConsumer, PARTITIONS_AT_ONCE } from './kafka-client.ts';
import type { MessagingSettings } from './messaging.config.ts';
import type { ReceivedEvent } from './received-event.ts';
import { parseRecord, type TopicReader } from './record-parser.ts';

/** Hands the events of one type on; whatever it throws is logged, never retried. */
export type BroadcastListener = (events: ReadonlyArray<ReceivedEvent<unknown>>) => void | Promise<void>;

/**
 * Hears every event of its topics from now on, in a group of this instance alone. No offsets, no inbox: what it brings
 * about is an answer that waits, and who missed it reads the database.
 */
export class BroadcastConsumer {
  readonly #consumer: Consumer;

  constructor(
    kafka: Kafka,
    private readonly readers: ReadonlyMap<string, TopicReader>,
    private readonly listeners: ReadonlyMap<string, BroadcastListener>,
    settings: MessagingSettings,
    private readonly log: Log,
    private readonly onCrash: (error: Error) => void,
  ) {
    this.#consumer = createConsumer(kafka, settings, {
      groupId: `${settings.topicPrefix}.${settings.service}.instance.${randomUUID()}`,
      urgency: 'prompt',
    });
  }

  async start(): Promise<void> {
    const consumer = this.#consumer;
    consumer.on(consumer.events.CRASH, ({ payload }) => this.onCrash(payload.error));
    await consumer.connect();
    await consumer.subscribe({ topics: [...this.readers.keys()], fromBeginning: false });
    await consumer.run({
      autoCommit: false,
      partitionsConsumedConcurrently: PARTITIONS_AT_ONCE,
      eachBatch: (payload) => this.#eachBatch(payload),
    });
  }

  async stop(): Promise<void> {
    await this.#consumer.disconnect();
  }

  async #eachBatch({ batch }: EachBatchPayload): Promise<void> {
    const reader = this.readers.get(batch.topic)!;
    const accepted = { nowMs: Date.now(), oldestMs: 0 };
    const events = batch.messages.flatMap((message) => parseRecord(message, batch, reader, accepted)?.event ?? []);
    for (const [type, ofType] of Map.groupBy(events, (event) => event.type)) {
      try {
        await this.listeners.get(type)!(ofType);
      } catch (error) {
        this.log.error('A broadcast listener failed', { error, eventType: type, topic: batch.topic });
      }
    }
  }
}
