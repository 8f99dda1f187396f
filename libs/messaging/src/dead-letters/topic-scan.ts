import { randomUUID } from 'node:crypto';
import { KnownError } from '@tollgate/contracts';
import type { Admin, Consumer, Kafka, KafkaMessage } from 'kafkajs';
import { FETCH_BYTES_MAX } from '../messaging.config.ts';

/** One record of a scan. */
export interface ScannedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly message: KafkaMessage;
}

/** A partition that yields nothing for this long is given up: the broker is away. Milliseconds. */
const SILENCE_MAX_MS = 30_000;
const SESSION_TIMEOUT_MS = 30_000;
/** An empty topic costs nothing; a full one is not waited for longer than this after its last record. Milliseconds. */
const FETCH_WAIT_MS = 200;

/**
 * Reads topics from their beginning to their end as of now, one record after the other, and leaves no trace: no offset
 * is committed, and the group is removed.
 * @param groupPrefix names the group, for brokers that restrict who may read as what
 * @param take awaited before the next record is handed over; what it throws ends the scan
 * @throws KnownError BROKER_UNAVAILABLE when nothing comes any more before the end
 */
export async function scanTopics(
  { kafka, admin, groupPrefix }: { kafka: Kafka; admin: Admin; groupPrefix: string },
  topics: readonly string[],
  take: (record: ScannedRecord) => Promise<void> | void,
): Promise<void> {
  const ends = await findEnds(admin, topics);
  if (ends.size === 0) {
    return;
  }
  const groupId = `${groupPrefix}${randomUUID()}`;
  const consumer = createReader(kafka, groupId);
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>();
  ended.catch(() => undefined); // it may fail before it is waited for
  const silence = setTimeout(
    () => reject(new KnownError('BROKER_UNAVAILABLE', { detail: 'The broker hands over no more records' })),
    SILENCE_MAX_MS,
  );
  let isOver = false;
  consumer.on(consumer.events.CRASH, ({ payload }) =>
    reject(
      new KnownError('BROKER_UNAVAILABLE', {
        detail: `Reading from the broker ended early: ${payload.error.message}`,
        cause: payload.error,
      }),
    ),
  );
  try {
    await consumer.connect();
    await consumer.subscribe({
      topics: [...new Set([...ends.values()].map(({ topic }) => topic))],
      fromBeginning: true,
    });
    void consumer
      .run({
        autoCommit: false,
        eachMessage: async ({ topic, partition, message }) => {
          const place = placeOf(topic, partition);
          if (isOver || !ends.has(place)) {
            return;
          }
          try {
            silence.refresh();
            await take({ topic, partition, message });
          } catch (error) {
            isOver = true;
            reject(error);
            return;
          }
          silence.refresh();
          if (BigInt(message.offset) + 1n >= ends.get(place)!.high) {
            ends.delete(place);
          }
          if (ends.size === 0) {
            isOver = true;
            resolve();
          }
        },
      })
      .catch(reject);
    await ended;
  } finally {
    isOver = true;
    clearTimeout(silence);
    await consumer.disconnect();
    // Left behind, an empty group would be forgotten by the broker after a week.
    await admin.deleteGroups([groupId]).catch(() => undefined);
  }
}

function createReader(kafka: Kafka, groupId: string): Consumer {
  return kafka.consumer({
    groupId,
    sessionTimeout: SESSION_TIMEOUT_MS,
    maxWaitTimeInMs: FETCH_WAIT_MS,
    maxBytes: FETCH_BYTES_MAX,
    allowAutoTopicCreation: false,
    retry: { retries: 5, restartOnFailure: () => Promise.resolve(false) },
  });
}

/** Where each partition that holds anything ends. */
async function findEnds(
  admin: Admin,
  topics: readonly string[],
): Promise<Map<string, { topic: string; high: bigint }>> {
  const perTopic = await Promise.all(
    topics.map(async (topic) =>
      (await admin.fetchTopicOffsets(topic))
        .filter(({ low, high }) => BigInt(high) > BigInt(low))
        .map(({ partition, high }) => [placeOf(topic, partition), { topic, high: BigInt(high) }] as const),
    ),
  );
  return new Map(perTopic.flat());
}

function placeOf(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}
