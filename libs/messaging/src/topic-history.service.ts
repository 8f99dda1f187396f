import { randomUUID } from 'node:crypto';
import { type EventDefinition, KnownError, topicName } from '@tollgate/contracts';
import type { Log } from '@tollgate/platform';
import type { Admin, Consumer, Kafka, KafkaMessage } from 'kafkajs';
import { createKafka } from './kafka-client.ts';
import { RECORD_BYTES_MAX, type MessagingSettings } from './messaging.config.ts';
import { PartitionMerge } from './partition-merge.ts';
import type { ReceivedEvent } from './received-event.ts';
import { parseRecord, type TopicReader } from './record-parser.ts';

/** Events handed over together. */
const PAGE = 250;
/** Nothing for so long while something is missing: the broker is away. Milliseconds. */
const SILENCE_MAX_MS = 30_000;
const SESSION_TIMEOUT_MS = 30_000;
const FETCH_WAIT_MS = 200;

/** From an instant on and before another one, by the broker's timestamps. */
export interface TopicRange {
  readonly from: Date;
  readonly to: Date;
}

/**
 * Reads what a topic holds once more, beside what the service consumes of it: nothing is handled, no offset committed,
 * and the group it reads as is removed.
 */
export class TopicHistory {
  readonly #settings: MessagingSettings;
  readonly #log: Log;

  constructor(settings: MessagingSettings, log: Log) {
    this.#settings = settings;
    this.#log = log;
  }

  /**
   * Hands over every event of the range up to now, in the order in which the broker received them, whatever their
   * partition. Whatever is no such event is left out. A page that throws ends the reading.
   * Memory does not grow with the range: a partition that runs ahead of the others is held back.
   * @throws KnownError BROKER_UNAVAILABLE
   */
  async read<Data>(
    definition: EventDefinition<Data>,
    range: TopicRange,
    visit: (page: ReadonlyArray<ReceivedEvent<Data>>) => Promise<void>,
  ): Promise<void> {
    const kafka = createKafka(this.#settings, this.#log);
    const admin = kafka.admin({ retry: { retries: 3, initialRetryTime: 100, maxRetryTime: 1_000 } });
    const topic = topicName(definition.topic, this.#settings.topicPrefix);
    const groupId = `${this.#settings.topicPrefix}.${this.#settings.service}.history-${randomUUID()}`;
    try {
      await admin.connect();
      const bounds = await findBounds(admin, topic, range);
      if (bounds.size > 0) await this.#readBetween({ kafka, groupId, topic, bounds }, definition, visit);
    } catch (error) {
      throw toBrokerError(error);
    } finally {
      // Left behind, an empty group would be forgotten by the broker after a week.
      await admin.deleteGroups([groupId]).catch(() => undefined);
      await admin.disconnect();
    }
  }

  async #readBetween<Data>(
    place: { kafka: Kafka; groupId: string; topic: string; bounds: ReadonlyMap<number, Bounds> },
    definition: EventDefinition<Data>,
    visit: (page: ReadonlyArray<ReceivedEvent<Data>>) => Promise<void>,
  ): Promise<void> {
    const { kafka, groupId, topic, bounds } = place;
    const consumer = createReader(kafka, groupId);
    const parse = toParser(definition, topic);
    const hold = (partition: number): void => consumer.pause([{ topic, partitions: [partition] }]);
    const release = (partition: number): void => consumer.resume([{ topic, partitions: [partition] }]);
    const merge = new PartitionMerge<ReceivedEvent<Data>>([...bounds.keys()], { hold, release });
    const take = ({ partition, messages, last }: Taken): void => {
      const bound = bounds.get(partition);
      if (bound === undefined) {
        hold(partition);
        return;
      }
      for (const message of messages) {
        const offset = BigInt(message.offset);
        // A fetch that began before the seek, or a second one after a rebalance.
        if (offset < bound.next || offset >= bound.end) continue;
        bound.next = offset + 1n;
        const event = parse(message, partition);
        if (event !== undefined) merge.add(partition, event, event.brokerTimestamp.getTime());
      }
      // The last offsets may hold no record.
      if (BigInt(last) + 1n < bound.end) return;
      merge.end(partition);
      hold(partition);
    };
    consumer.on(consumer.events.CRASH, ({ payload }) => merge.fail(payload.error));
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [topic], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatch: ({ batch }) => {
          take({ partition: batch.partition, messages: batch.messages, last: batch.lastOffset() });
          return Promise.resolve();
        },
      });
      for (const [partition, { start }] of bounds) consumer.seek({ topic, partition, offset: `${start}` });
      for (;;) {
        const page = await merge.next(PAGE, SILENCE_MAX_MS);
        if (page.length === 0) return;
        await visit(page);
      }
    } finally {
      await consumer.disconnect();
    }
  }
}

/** Offsets of a partition: the first one wanted, the next one expected, and the first one not wanted any more. */
interface Bounds {
  readonly start: bigint;
  next: bigint;
  readonly end: bigint;
}

/** What one fetch brought of a partition. */
interface Taken {
  readonly partition: number;
  readonly messages: readonly KafkaMessage[];
  /** Its last offset. */
  readonly last: string;
}

/** Of those partitions alone that hold anything of the range. */
async function findBounds(admin: Admin, topic: string, { from, to }: TopicRange): Promise<Map<number, Bounds>> {
  const starts = await admin.fetchTopicOffsetsByTimestamp(topic, Math.max(0, from.getTime()));
  const ends = await admin.fetchTopicOffsetsByTimestamp(topic, Math.max(0, to.getTime()));
  const endOf = new Map(ends.map(({ partition, offset }) => [partition, BigInt(offset)]));
  return new Map(
    starts
      .map(({ partition, offset }) => {
        const start = BigInt(offset);
        return [partition, { start, next: start, end: endOf.get(partition) ?? start }] as const;
      })
      .filter(([, { start, end }]) => end > start),
  );
}

/** Reads a record as the service's own consumer does, of whatever age it is. */
function toParser<Data>(definition: EventDefinition<Data>, topic: string) {
  const reader: TopicReader = {
    definitions: new Map([[definition.type, definition as EventDefinition]]),
    ignored: new Set(),
    ageless: new Set([definition.type]),
    ownSkipped: new Set(),
    ownSource: '',
    concerns: new Map(),
  };
  return (message: KafkaMessage, partition: number): ReceivedEvent<Data> | undefined => {
    const accepted = { nowMs: Date.now(), oldestMs: 0 };
    return parseRecord(message, { topic, partition }, reader, accepted)?.event as ReceivedEvent<Data> | undefined;
  };
}

function createReader(kafka: Kafka, groupId: string): Consumer {
  return kafka.consumer({
    groupId,
    sessionTimeout: SESSION_TIMEOUT_MS,
    maxWaitTimeInMs: FETCH_WAIT_MS,
    maxBytesPerPartition: RECORD_BYTES_MAX,
    allowAutoTopicCreation: false,
    retry: { retries: 5, restartOnFailure: () => Promise.resolve(false) },
  });
}

/** What the client throws is the broker's doing; what a page throws is known to whoever reads. */
function toBrokerError(error: unknown): unknown {
  if (!(error instanceof Error) || !error.name.startsWith('KafkaJS')) return error;
  return new KnownError('BROKER_UNAVAILABLE', { detail: `Reading from the broker: ${error.message}`, cause: error });
}
