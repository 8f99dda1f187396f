import { KnownError } from '@tollgate/contracts';
import type { Database } from '@tollgate/persistence';
import { failpoint, type Log } from '@tollgate/platform';
import type { Kafka, TopicMessages } from 'kafkajs';
import pLimit from 'p-limit';
import { RECORD_BYTES_MAX } from './messaging.config.ts';
import type { MessagingMetrics } from './messaging.metrics.ts';
import type { OutboxRow } from './outbox.ts';
import { RecordProducer } from './record-producer.ts';
import { deleteOutbox } from './sql/outbox.sql.ts';
import { withinTime } from './within-time.ts';

/** Most records of one send. */
const SEND_RECORDS_MAX = 1_000;
/** Most bytes of one send: should all its records lie on one partition, the broker measures them as one message. */
const SEND_BYTES_MAX = (RECORD_BYTES_MAX * 3) / 4;
/** What a record takes besides its key, value and headers, generously. Bytes. */
const RECORD_OVERHEAD_BYTES = 100;
/** Rows waiting in memory; what comes on top is left to the relay. */
const WAITING_MAX = 20_000;
/**
 * A send that has not ended by then is given up: one request's time-out and another try. The client has paths on which
 * a request is never answered nor refused, such as a broker that dies while a producer disconnects. Milliseconds.
 */
const SEND_MS_MAX = 15_000;
/** How long the end of a producer is waited for when the service stops. Milliseconds. */
const DISCONNECT_MS_MAX = 2_000;
/** Published rows are deleted together, off the way of the next commit. Milliseconds. */
const DELETE_DELAY_MS = 50;
const DELETE_BATCH_MAX = 2_000;

/**
 * Publishes the outbox rows of a transaction from memory, right after its commit. Transactions that commit while a send
 * is under way share the next one. Whatever fails here stays in the outbox and is the relay's.
 */
export class Publisher {
  #producer: Promise<RecordProducer> | undefined;
  /**
   * One send at a time. When the answer to a send is lost, the client takes its sequence numbers back before it tries
   * again; another send that waited would get them, and the broker, which has seen them, would answer that it has these
   * records already: they would be nowhere, and deleted from the outbox.
   */
  readonly #oneAtATime = pLimit(1);
  #waiting: OutboxRow[] = [];
  #sending: Promise<void> | undefined;
  #published: string[] = [];
  #deleteTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly kafka: Kafka,
    private readonly database: Database,
    private readonly metrics: MessagingMetrics,
    private readonly log: Log,
  ) {}

  /** Hands committed rows over; never throws, never waits. */
  publish(rows: readonly OutboxRow[]): void {
    if (rows.length === 0 || this.#waiting.length > WAITING_MAX) {
      return;
    }
    this.#waiting.push(...rows);
    this.#sending ??= this.#sendWaiting().finally(() => {
      this.#sending = undefined;
    });
  }

  /**
   * Sends rows, after the sends before, and waits for every in-sync replica.
   * @throws KnownError BROKER_UNAVAILABLE: some, all or none of the rows may be on their topics
   */
  send(rows: readonly OutboxRow[]): Promise<void> {
    return this.#oneAtATime(() => this.#sendAlone(rows));
  }

  /** Ends what is in hand: the last send, then the last delete. */
  async close(): Promise<void> {
    await this.#sending;
    clearTimeout(this.#deleteTimer);
    await this.#deletePublished();
    if (this.#producer !== undefined) {
      await withinTime(DISCONNECT_MS_MAX, this.#drop(this.#producer)).catch(() => undefined);
    }
  }

  async #sendAlone(rows: readonly OutboxRow[]): Promise<void> {
    const endTimer = this.metrics.publishSeconds.startTimer();
    const connected = (this.#producer ??= this.#connect());
    try {
      const topicMessages = toTopicMessages(rows);
      await withinTime(
        SEND_MS_MAX,
        connected.then((producer) => producer.send(topicMessages)),
      );
      endTimer();
    } catch (error) {
      this.metrics.publishFailures.inc();
      // Not awaited: it waits for requests under way, and whoever sends next has a producer of its own.
      void this.#drop(connected);
      throw new KnownError('BROKER_UNAVAILABLE', { cause: error });
    }
  }

  async #sendWaiting(): Promise<void> {
    while (this.#waiting.length > 0) {
      const rows = this.#waiting.splice(0, countSendable(this.#waiting));
      try {
        await this.send(rows);
        failpoint('publish.after-send');
        this.#forget(rows);
      } catch (error) {
        // The rows are safe in the outbox. Those that wait here would only fail more slowly.
        const left = rows.length + this.#waiting.length;
        this.#waiting = [];
        this.log.warn('Events could not be published; the relay ships them', { count: left, error });
      }
    }
  }

  #forget(rows: readonly OutboxRow[]): void {
    this.#published.push(...rows.map((row) => row.id));
    if (this.#published.length >= DELETE_BATCH_MAX) {
      clearTimeout(this.#deleteTimer);
      this.#deleteTimer = undefined;
      void this.#deletePublished();
    } else {
      this.#deleteTimer ??= setTimeout(() => {
        this.#deleteTimer = undefined;
        void this.#deletePublished();
      }, DELETE_DELAY_MS);
    }
  }

  async #deletePublished(): Promise<void> {
    const ids = this.#published.splice(0);
    if (ids.length === 0) {
      return;
    }
    try {
      await this.database.query(deleteOutbox, [ids]);
      failpoint('publish.after-delete');
    } catch (error) {
      // The relay publishes them once more, every inbox absorbs it.
      this.log.warn('Published rows could not be deleted from the outbox', { count: ids.length, error });
    }
  }

  async #connect(): Promise<RecordProducer> {
    const producer = new RecordProducer(this.kafka);
    await producer.connect();
    return producer;
  }

  /** After a failed send the sequence numbers of an idempotent producer cannot be trusted: the next send gets a new one. */
  async #drop(connected: Promise<RecordProducer>): Promise<void> {
    if (this.#producer === connected) {
      this.#producer = undefined;
    }
    try {
      await (await connected).disconnect();
    } catch {
      // It never connected, or the broker is gone: there is nothing to disconnect.
    }
  }
}

/** How many rows from the front fit into one send; the first always does, for the broker has the last word on it. */
export function countSendable(rows: readonly OutboxRow[]): number {
  let bytes = 0;
  const end = rows.slice(0, SEND_RECORDS_MAX).findIndex((row) => (bytes += bytesOf(row)) > SEND_BYTES_MAX);
  return end < 0 ? Math.min(rows.length, SEND_RECORDS_MAX) : Math.max(end, 1);
}

function bytesOf({ key, value, headers }: OutboxRow): number {
  const texts = Buffer.byteLength(key ?? '') + Buffer.byteLength(JSON.stringify(headers));
  return texts + Buffer.byteLength(value ?? '') + RECORD_OVERHEAD_BYTES;
}

function toTopicMessages(rows: readonly OutboxRow[]): TopicMessages[] {
  return [...Map.groupBy(rows, (row) => row.topic)].map(([topic, ofTopic]) => ({
    topic,
    messages: ofTopic.map(({ key, value, headers }) => ({ key, value, headers: { ...headers } })),
  }));
}
