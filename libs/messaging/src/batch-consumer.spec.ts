import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Log, Metrics } from '@tollgate/platform';
import type { Consumer, EachBatchPayload, Kafka, KafkaMessage, TopicPartitionOffsetAndMetadata } from 'kafkajs';
import { groupOf } from './kafka-client.ts';
import { BatchConsumer } from './batch-consumer.ts';
import { DeadLetterBreakers } from './dead-letter-breaker.ts';
import { MessagingMetrics } from './messaging.metrics.ts';

const TOPIC = 'tollgate.attempts.v1';
const IGNORED = 'somebody.elses.v1';
const COMMIT_INTERVAL_MS = 1_000;

/** The client of the broker, as far as offsets go. */
class StubConsumer {
  readonly events = { GROUP_JOIN: 'join', CRASH: 'crash', END_BATCH_PROCESS: 'end' };
  readonly commits: string[][] = [];
  refuses = false;
  eachBatch: ((payload: EachBatchPayload) => Promise<void>) | undefined;
  readonly #listeners = new Map<string, (event: object) => void>();

  on(name: string, listener: (event: object) => void): void {
    this.#listeners.set(name, listener);
  }

  join(): void {
    this.#listeners.get('join')?.({ payload: { memberAssignment: { [TOPIC]: [0, 1] } } });
  }

  connect(): Promise<void> {
    return Promise.resolve();
  }

  subscribe(): Promise<void> {
    return Promise.resolve();
  }

  run({ eachBatch }: { eachBatch: (payload: EachBatchPayload) => Promise<void> }): Promise<void> {
    this.eachBatch = eachBatch;
    return Promise.resolve();
  }

  commitOffsets(offsets: readonly TopicPartitionOffsetAndMetadata[]): Promise<void> {
    this.commits.push(offsets.map(({ partition, offset }) => `${partition}:${offset}`));
    return this.refuses ? Promise.reject(new Error('not now')) : Promise.resolve();
  }

  disconnect(): Promise<void> {
    return Promise.resolve();
  }

  /** What the client says of a batch that it did not hand over, for it held nothing but markers up to this offset. */
  skip(partition: number, lastOffset: string): void {
    this.#listeners.get('end')?.({ payload: { topic: TOPIC, partition, batchSize: 0, lastOffset } });
  }

  /**
   * Delivers a record that the service has said it does not need.
   * @param marker offset of the marker of its transaction, if it has one
   */
  async deliver(partition: number, offset: string, marker?: string): Promise<void> {
    const headers = {
      ce_specversion: '1.0',
      ce_id: offset,
      ce_type: IGNORED,
      ce_source: 'test',
      ce_time: new Date().toISOString(),
      ce_subject: 's',
      'content-type': 'application/json',
    };
    const message = { offset, timestamp: '0', key: Buffer.from('k'), value: Buffer.from('{}'), headers };
    await this.eachBatch?.({
      batch: {
        ...{ topic: TOPIC, partition, messages: [message as unknown as KafkaMessage] },
        lastOffset: () => marker ?? offset,
      },
      isRunning: () => true,
      isStale: () => false,
      resolveOffset: () => undefined,
      heartbeat: () => Promise.resolve(),
    } as unknown as EachBatchPayload);
  }
}

describe('offsets', () => {
  let stub: StubConsumer;
  let consumer: BatchConsumer;

  beforeEach(async () => {
    jest.useFakeTimers();
    stub = new StubConsumer();
    const kafka = { consumer: () => stub as unknown as Consumer } as unknown as Kafka;
    const settings = { service: 'risk', topicPrefix: 'tollgate', sessionTimeoutMs: 10_000 };
    const readers = new Map([[TOPIC, { definitions: new Map(), ignored: new Set([IGNORED]), ageless: new Set() }]]);
    const others = { runner: {}, deadly: { reset: () => undefined }, partitions: { oldestMs: () => 0 } };
    consumer = new BatchConsumer(
      kafka,
      groupOf(settings, 'prompt'),
      others.runner as never,
      readers as never,
      others.deadly as never,
      new DeadLetterBreakers(),
      others.partitions as never,
      settings as never,
      new MessagingMetrics(new Metrics('risk')),
      Log.create({ service: 'risk', level: 'silent' }),
      () => undefined,
    );
    await consumer.start();
    stub.join();
  });

  afterEach(async () => {
    await consumer.stop();
    jest.useRealTimers();
  });

  it('whose commit fails are offered again, also when nothing more arrives on their partition', async () => {
    await stub.deliver(0, '4');
    await stub.deliver(1, '7');
    stub.refuses = true;
    await jest.advanceTimersByTimeAsync(COMMIT_INTERVAL_MS);
    stub.refuses = false;
    await stub.deliver(1, '8');
    await jest.advanceTimersByTimeAsync(COMMIT_INTERVAL_MS);
    await jest.advanceTimersByTimeAsync(COMMIT_INTERVAL_MS);
    expect(stub.commits.map((commit) => commit.toSorted())).toEqual([
      ['0:5', '1:8'],
      ['0:5', '1:9'],
    ]);
  });

  it('that a late commit has taken back are committed again', async () => {
    await stub.deliver(0, '4');
    await stub.deliver(1, '7');
    await jest.advanceTimersByTimeAsync(COMMIT_INTERVAL_MS);
    consumer.commitAgain(
      new Map([
        [`${TOPIC}/0`, 3n],
        [`${TOPIC}/1`, 8n],
      ]),
    );
    await jest.advanceTimersByTimeAsync(COMMIT_INTERVAL_MS);
    expect(stub.commits).toEqual([['0:5', '1:8'], ['0:5']]);
  });

  it('stand behind the markers of transactions, which are no records: nothing is left to handle there', async () => {
    await stub.deliver(0, '41', '42');
    stub.skip(1, '8');
    await jest.advanceTimersByTimeAsync(COMMIT_INTERVAL_MS);
    expect(stub.commits.map((commit) => commit.toSorted())).toEqual([['0:43', '1:9']]);
    expect(consumer.progress.positions).toEqual(
      new Map([
        [`${TOPIC}/0`, 43n],
        [`${TOPIC}/1`, 9n],
      ]),
    );
  });

  it('of an earlier assignment are not: somebody else may have the partitions', async () => {
    await stub.deliver(0, '4');
    stub.refuses = true;
    await jest.advanceTimersByTimeAsync(COMMIT_INTERVAL_MS);
    stub.refuses = false;
    stub.join();
    await jest.advanceTimersByTimeAsync(COMMIT_INTERVAL_MS);
    expect(stub.commits).toEqual([['0:5']]);
  });
});
