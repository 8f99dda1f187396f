import { KnownError, type Topic } from '@tollgate/contracts';
import { failpoint, type Log } from '@tollgate/platform';
import type { Batch, Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import { BatchCombiner } from './batch-combiner.ts';
import type { BatchRunner } from './batch-runner.ts';
import type { DeadLetterBreakers } from './dead-letter-breaker.ts';
import type { DeadlyRecords } from './deadly-records.ts';
import type { InboxPartitions } from './inbox-partitions.job.ts';
import { type ConsumerGroup, createConsumer, PARTITIONS_AT_ONCE } from './kafka-client.ts';
import { BATCH_BYTES_MAX, BATCH_RECORDS_MAX, type MessagingSettings } from './messaging.config.ts';
import type { MessagingMetrics } from './messaging.metrics.ts';
import type { ParsedRecord } from './received-event.ts';
import { parseRecord, type TopicReader } from './record-parser.ts';
import { withinTime } from './within-time.ts';

/** Offsets are committed off the hot path; what is read twice after a crash is absorbed by the inbox. */
const COMMIT_INTERVAL_MS = 1_000;
/** A commit that has not ended by then is given up and offered again. Milliseconds. */
const COMMIT_MS_MAX = 15_000;
/**
 * At a time: with two, one fills while the other waits for the disk. What is relaxed has time, and its topics tell of the
 * same attempts and payments, so two would mostly wait for each other's rows.
 */
const TRANSACTIONS_MAX = { prompt: 2, relaxed: 1 } as const;
const BACK_OFF_MIN_MS = 100;
const BACK_OFF_MAX_MS = 5_000;
/** From so many failures in a row on the next try is of half as much: it may be too much for one transaction. */
const FAILURES_AT_FULL_SIZE = 3;

/** What the watchdog looks at. */
export interface ConsumerProgress {
  readonly assigned: ReadonlyArray<{ topic: string; partitions: readonly number[] }>;
  /** Next offset to handle by `topic/partition`, where one is known. */
  readonly positions: ReadonlyMap<string, bigint>;
  /** Places (`topic/partition`) of which records are in hand, and since when; milliseconds since 1970. */
  readonly inHand: ReadonlyMap<string, number>;
  /** Places that pause after a retriable failure. */
  readonly backingOff: ReadonlySet<string>;
  readonly joinedAtMs: number | undefined;
}

/** A stretch of a partition that fits one transaction. */
interface Chunk {
  readonly records: ParsedRecord[];
  readonly firstOffset: bigint;
  readonly lastOffset: bigint;
}

/**
 * One member of a consumer group of the service. Reads all its topics, hands each partition's records on in order, commits
 * offsets at intervals, and treats rebalances, retriable failures and shutdown as ordinary days.
 */
export class BatchConsumer {
  readonly #consumer: Consumer;
  readonly #combiner: BatchCombiner;
  readonly #uncommitted = new Map<string, { topic: string; partition: number; offset: string }>();
  readonly #positions = new Map<string, bigint>();
  readonly #resumeTimers = new Map<NodeJS.Timeout, string>();
  #assigned: Array<{ topic: string; partitions: number[] }> = [];
  #joinedAtMs: number | undefined;
  readonly #inHand = new Set<{ readonly place: string; readonly sinceMs: number }>();
  #failures = 0;
  /** Places whose last try has failed, or has succeeded with less than is usual. */
  readonly #strained = new Map<string, { failures: number; recordsMax: number }>();
  #stopping = false;
  #commitTimer: NodeJS.Timeout | undefined;
  #committing: Promise<void> | undefined;

  constructor(
    kafka: Kafka,
    readonly group: ConsumerGroup,
    runner: BatchRunner,
    private readonly readers: ReadonlyMap<string, TopicReader>,
    private readonly deadly: DeadlyRecords,
    private readonly breakers: DeadLetterBreakers,
    private readonly partitions: InboxPartitions,
    private readonly settings: MessagingSettings,
    private readonly metrics: MessagingMetrics,
    private readonly log: Log,
    private readonly onCrash: (error: Error) => void,
  ) {
    this.#combiner = new BatchCombiner(runner, TRANSACTIONS_MAX[group.urgency]);
    this.#consumer = createConsumer(kafka, settings, group);
  }

  async start(): Promise<void> {
    const consumer = this.#consumer;
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      this.#joinedAtMs = Date.now();
      this.#assigned = Object.entries(payload.memberAssignment).map(([topic, partitions]) => ({ topic, partitions }));
      // What an earlier generation has read may be another member's by now; it will be read again and absorbed.
      this.#uncommitted.clear();
      this.#positions.clear();
      this.#strained.clear();
      this.deadly.reset();
    });
    // A batch of nothing but a transaction's markers is not handed over; what follows it is read all the same.
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload: { topic, partition, batchSize, lastOffset } }) => {
      if (batchSize === 0) {
        this.#advance({ topic, partition }, BigInt(lastOffset) + 1n);
      }
    });
    consumer.on(consumer.events.CRASH, ({ payload }) => this.onCrash(payload.error));
    await consumer.connect();
    await consumer.subscribe({ topics: [...this.readers.keys()], fromBeginning: true });
    // Not awaited: joining waits until the group has missed a member that died. What fails then is a crash.
    void consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: PARTITIONS_AT_ONCE,
      eachBatch: (payload) => this.#eachBatch(payload),
    });
    this.#commitTimer = setInterval(() => void this.#commitOffsets(), COMMIT_INTERVAL_MS);
  }

  /** Finishes the batch in hand, commits its offsets, leaves the group. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#commitTimer);
    [...this.#resumeTimers.keys()].forEach((timer) => clearTimeout(timer));
    while (this.#inHand.size > 0) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await this.#committing;
    await this.#commitOffsets();
    await this.#consumer.disconnect();
  }

  get progress(): ConsumerProgress {
    return {
      assigned: this.#assigned,
      positions: this.#positions,
      inHand: new Map([...this.#inHand].map(({ place, sinceMs }) => [place, sinceMs])),
      backingOff: new Set(this.#resumeTimers.values()),
      joinedAtMs: this.#joinedAtMs,
    };
  }

  /**
   * Offers the positions again that the broker does not know. A commit that was given up may still be on its way and
   * arrive after a newer one: it takes offsets back, and nothing would tell of it until the partition's next record.
   * @param stored next offset by `topic/partition` as the broker has it
   */
  commitAgain(stored: ReadonlyMap<string, bigint>): void {
    for (const { topic, partitions } of this.#assigned) {
      for (const partition of partitions) {
        const place = toPlace({ topic, partition });
        const position = this.#positions.get(place);
        if (position !== undefined && position > (stored.get(place) ?? -1n)) {
          this.#uncommitted.set(place, { topic, partition, offset: String(position) });
        }
      }
    }
  }

  async #eachBatch(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    for (const chunk of this.#toChunks(batch)) {
      if (this.#stopping || !payload.isRunning() || payload.isStale()) {
        return;
      }
      if (this.breakers.of(batch.topic).isOpen || !(await this.#handleChunk(payload, chunk))) {
        this.#backOff(payload);
        return;
      }
      payload.resolveOffset(String(chunk.lastOffset));
      this.#advance(batch, chunk.lastOffset + 1n);
      await payload.heartbeat();
    }
    // Behind the last record may stand the marker of the transaction that wrote it: the client goes on behind that.
    this.#advance(batch, BigInt(batch.lastOffset()) + 1n);
  }

  #advance(at: Pick<Batch, 'topic' | 'partition'>, next: bigint): void {
    const { topic, partition } = at;
    this.#positions.set(toPlace(at), next);
    this.#uncommitted.set(toPlace(at), { topic, partition, offset: String(next) });
  }

  /** @returns false for a retriable failure: nothing of the chunk has happened */
  async #handleChunk(payload: EachBatchPayload, chunk: Chunk): Promise<boolean> {
    const { batch } = payload;
    // A heartbeat that reports a rebalance is heard again by the one after the chunk.
    const beating = setInterval(
      () => void payload.heartbeat().catch(() => undefined),
      this.settings.sessionTimeoutMs / 4,
    );
    const held = { place: toPlace(batch), sinceMs: Date.now() };
    this.#inHand.add(held);
    try {
      if (chunk.records.length > 0) {
        await this.#handleCarefully({ topic: batch.topic, partition: batch.partition }, chunk);
      }
      this.#failures = 0;
      this.#noteSuccess(held.place);
      return true;
    } catch (error) {
      this.metrics.retries.inc();
      const { topic, partition } = batch;
      this.#noteFailure(held.place, chunk.records.length);
      await this.deadly.survived({ topic, partition }).catch(() => undefined);
      const code = error instanceof KnownError ? error.code : undefined;
      this.log.warn('A batch could not be handled yet; its partition pauses and it is tried again', {
        topic,
        partition,
        code,
        error,
      });
      return false;
    } finally {
      this.#inHand.delete(held);
      clearInterval(beating);
    }
  }

  async #handleCarefully(place: { topic: string; partition: number }, chunk: Chunk): Promise<void> {
    const isolateUntil = await this.deadly.isolateUntil(place, chunk.firstOffset);
    if (isolateUntil === undefined) {
      await this.deadly.take(place, chunk);
      await this.#combiner.submit(chunk.records, this.#recordsMax(toPlace(place)));
      await this.deadly.done(place, chunk.lastOffset);
      return;
    }
    for (const record of chunk.records) {
      const offset = BigInt(record.raw.origin.offset);
      const range = { firstOffset: offset, lastOffset: offset, isolateUntil };
      await this.#combiner.submitAlone(record, () => this.deadly.take(place, range));
      await this.deadly.done(place, offset);
    }
  }

  /** The partition pauses and the others go on; the pause is per consumer failure streak, with jitter. */
  #backOff(payload: EachBatchPayload): void {
    const resume = payload.pause();
    const delayMs = Math.min(BACK_OFF_MIN_MS * 2 ** Math.min(this.#failures++, 10), BACK_OFF_MAX_MS);
    const timer = setTimeout(
      () => {
        this.#resumeTimers.delete(timer);
        resume();
      },
      delayMs * (0.5 + Math.random() / 2),
    );
    this.#resumeTimers.set(timer, toPlace(payload.batch));
  }

  #recordsMax(place: string): number {
    return this.#strained.get(place)?.recordsMax ?? BATCH_RECORDS_MAX;
  }

  #noteFailure(place: string, records: number): void {
    const failures = (this.#strained.get(place)?.failures ?? 0) + 1;
    const recordsMax = failures >= FAILURES_AT_FULL_SIZE ? Math.ceil(records / 2) : this.#recordsMax(place);
    this.#strained.set(place, { failures, recordsMax: Math.max(recordsMax, 1) });
  }

  /** What has gone well may be twice as much the next time, up to what is usual; should that fail, half at once. */
  #noteSuccess(place: string): void {
    const recordsMax = this.#recordsMax(place) * 2;
    if (recordsMax >= BATCH_RECORDS_MAX) {
      this.#strained.delete(place);
    } else {
      this.#strained.set(place, { failures: FAILURES_AT_FULL_SIZE - 1, recordsMax });
    }
  }

  *#toChunks(batch: Batch): Generator<Chunk> {
    const reader = this.readers.get(batch.topic)!;
    const nowMs = Date.now();
    const accepted = { nowMs, oldestMs: this.partitions.oldestMs(nowMs) };
    let records: ParsedRecord[] = [];
    let bytes = 0;
    let firstOffset: bigint | undefined;
    let lastOffset = 0n;
    for (const message of batch.messages) {
      const record = parseRecord(message, batch, reader, accepted);
      firstOffset ??= BigInt(message.offset);
      lastOffset = BigInt(message.offset);
      if (record !== undefined) {
        records.push(record);
        bytes += record.bytes;
      }
      if (records.length >= this.#recordsMax(toPlace(batch)) || bytes >= BATCH_BYTES_MAX) {
        yield { records, firstOffset, lastOffset };
        records = [];
        bytes = 0;
        firstOffset = undefined;
      }
    }
    if (firstOffset !== undefined) {
      yield { records, firstOffset, lastOffset };
    }
  }

  /** One at a time: a commit that is tried for long would end after a newer one, and take it back. */
  #commitOffsets(): Promise<void> {
    this.#committing ??= this.#commitUncommitted().finally(() => (this.#committing = undefined));
    return this.#committing;
  }

  async #commitUncommitted(): Promise<void> {
    const offsets = [...this.#uncommitted];
    const joinedAtMs = this.#joinedAtMs;
    if (offsets.length === 0) {
      return;
    }
    this.#uncommitted.clear();
    failpoint('offsets.before-commit');
    try {
      await withinTime(COMMIT_MS_MAX, this.#consumer.commitOffsets(offsets.map(([, offset]) => offset)));
      failpoint('offsets.after-commit');
    } catch (error) {
      // Offered again with what has come since, unless the partitions may be another member's by now. A partition on
      // which nothing more arrives would else look unhandled until the next assignment.
      if (this.#joinedAtMs === joinedAtMs) {
        offsets.forEach(([place, offset]) => this.#uncommitted.set(place, this.#uncommitted.get(place) ?? offset));
      }
      this.log.debug('Offsets could not be committed', { error, group: this.group.groupId });
    }
  }
}

function toPlace({ topic, partition }: Pick<Batch, 'topic' | 'partition'>): string {
  return `${topic}/${partition}`;
}

/** Topics by their short name, of the readers' definitions. */
export function consumedTopics(readers: ReadonlyArray<ReadonlyMap<string, TopicReader>>): Topic[] {
  const definitions = readers.flatMap((byTopic) => [...byTopic.values()].flatMap((r) => [...r.definitions.values()]));
  return [...new Set(definitions.map(({ topic }) => topic))];
}
