import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Metrics, type Log } from '@tollgate/platform';
import type { Database } from '@tollgate/persistence';
import type { ICustomPartitioner, Kafka, ProducerBatch } from 'kafkajs';
import { MessagingMetrics } from './messaging.metrics.ts';
import type { OutboxRow } from './outbox.ts';
import { Publisher } from './publisher.ts';

const FOR_EVER = new Promise<never>(() => undefined);
const ROW: OutboxRow = { id: '1', topic: 't', key: 'k', headers: {}, value: '{}' };
/** Longer than a send may take. */
const LONG_MS = 60_000;

interface ProducerDouble {
  connect: () => Promise<void>;
  sendBatch: () => Promise<void>;
  disconnect: () => Promise<void>;
}

/** A publisher on producers of the test's own making, one after the other. */
function publisherOn(...producers: ProducerDouble[]): Publisher {
  const kafka = {
    producer: ({ createPartitioner }: { createPartitioner: ICustomPartitioner }) => {
      const { sendBatch, ...double } = producers.shift()!;
      const acknowledge = (batch: ProducerBatch) =>
        sendBatch().then(() => toAcknowledgements(batch, createPartitioner()));
      return { ...double, sendBatch: acknowledge };
    },
  } as unknown as Kafka;
  const database = { query: () => Promise.resolve([]) } as unknown as Database;
  return new Publisher(kafka, database, new MessagingMetrics(new Metrics('test')), {
    warn: () => undefined,
  } as unknown as Log);
}

/** As the client asks for each record's partition, and then tells of the partitions that have been written. */
function toAcknowledgements({ topicMessages = [] }: ProducerBatch, partitionOf: ReturnType<ICustomPartitioner>) {
  const partitionMetadata = [{ partitionId: 0, leader: 1, partitionErrorCode: 0, replicas: [1], isr: [1] }];
  return topicMessages.flatMap(({ topic, messages }) =>
    messages.map((message) => ({ topicName: topic, partition: partitionOf({ topic, partitionMetadata, message }) })),
  );
}

const working: ProducerDouble = {
  connect: () => Promise.resolve(),
  sendBatch: () => Promise.resolve(),
  disconnect: () => Promise.resolve(),
};

describe('a send', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('that is never answered is given up, and the next one has a producer of its own', async () => {
    const publisher = publisherOn({ ...working, sendBatch: () => FOR_EVER, disconnect: () => FOR_EVER }, working);
    const outcome = publisher.send([ROW]).catch((error: unknown) => error);
    await jest.advanceTimersByTimeAsync(LONG_MS);
    expect(await outcome).toMatchObject({ code: 'BROKER_UNAVAILABLE' });
    await expect(publisher.send([ROW])).resolves.toBeUndefined();
  });

  it('that was refused does not wait until its producer has disconnected', async () => {
    const refusing = { ...working, sendBatch: () => Promise.reject(new Error('no')), disconnect: () => FOR_EVER };
    await expect(publisherOn(refusing).send([ROW])).rejects.toMatchObject({ code: 'BROKER_UNAVAILABLE' });
  });

  it('that fails late leaves the producer alone that was made meanwhile', async () => {
    const { promise, reject } = Promise.withResolvers<void>();
    const publisher = publisherOn({ ...working, sendBatch: () => promise }, working);
    const given = publisher.send([ROW]).catch(() => 'given up');
    await jest.advanceTimersByTimeAsync(LONG_MS);
    expect(await given).toBe('given up');
    await publisher.send([ROW]);
    reject(new Error('no'));
    // There is no third producer: this would fail.
    await expect(publisher.send([ROW])).resolves.toBeUndefined();
  });

  it('shares its producer with no other send under way, which would get its sequence numbers should its answer be lost', async () => {
    const { promise, reject } = Promise.withResolvers<void>();
    const sent: string[] = [];
    const recording = (name: string, answer: Promise<void>): ProducerDouble => ({
      ...working,
      sendBatch: () => {
        sent.push(name);
        return answer;
      },
    });
    const publisher = publisherOn(
      recording('first producer', promise),
      recording('second producer', Promise.resolve()),
    );
    const sends = [publisher.send([ROW]).catch(() => 'failed'), publisher.send([ROW])];
    await jest.advanceTimersByTimeAsync(0);
    expect(sent).toEqual(['first producer']);
    reject(new Error('the answer is lost'));
    expect(await Promise.all(sends)).toEqual(['failed', undefined]);
    expect(sent).toEqual(['first producer', 'second producer']);
  });
});

it('a service that stops does not wait for ever for its producer to disconnect', async () => {
  jest.useFakeTimers();
  const publisher = publisherOn({ ...working, disconnect: () => FOR_EVER });
  await publisher.send([ROW]);
  const closed = publisher.close();
  await jest.advanceTimersByTimeAsync(LONG_MS);
  await expect(closed).resolves.toBeUndefined();
  jest.useRealTimers();
});
