import type { Database } from '@tollgate/persistence';
import { failpoint, type Log } from '@tollgate/platform';
import kafkajs from 'kafkajs';
import type { MessagingMetrics } from './messaging.metrics.ts';
import type { OutboxRow } from './outbox.ts';
import { countSendable, type Publisher } from './publisher.ts';
import { deleteOutbox, leaseOutbox, measureOutbox } from './sql/outbox.sql.ts';

// Node cannot see kafkajs's error classes among its named exports.
const { KafkaJSProtocolError } = kafkajs;

/** Rows in memory at once: a row may be as large as a record may be. */
const ROWS_MAX = 200;
/** A relay that dies with rows in hand leaves them to the next one after this. Milliseconds. */
const LEASE_MS = 15_000;
const IDLE_MS = 1_000;
const FAILED_MS = 2_000;

interface LeasedRow {
  id: string;
  topic: string;
  key: string | null;
  headers: string;
  value: string | null;
  value_bytes: Buffer | null;
}

/**
 * Ships what a crash or a failed send left in the outbox. Rows become the relay's when they are older than the grace
 * period; order is not its business, because no consumer depends on the order of two events.
 */
export class Relay {
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor(
    private readonly database: Database,
    private readonly publisher: Publisher,
    private readonly metrics: MessagingMetrics,
    private readonly log: Log,
  ) {}

  start(): void {
    this.#schedule(IDLE_MS);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  /**
   * Ships one batch. Rows that the broker will not take keep no others back.
   * @returns how many rows; fewer than the limit means that nothing more is due
   */
  async shipOnce(): Promise<number> {
    const rows = (await this.database.query<LeasedRow>(leaseOutbox, [ROWS_MAX, LEASE_MS])).map(toOutboxRow);
    const leased = rows.length;
    let refusal: Error | undefined;
    while (rows.length > 0) {
      const part = rows.splice(0, countSendable(rows));
      failpoint('relay.after-lease');
      try {
        await this.publisher.send(part);
        failpoint('relay.after-send');
        await this.database.query(deleteOutbox, [part.map((row) => row.id)]);
        failpoint('relay.after-delete');
        this.metrics.relayed.inc(part.length);
      } catch (error) {
        if (!isRefusal(error)) {
          throw error;
        }
        refusal ??= error;
      }
    }
    if (refusal !== undefined) {
      throw refusal;
    }
    return leased;
  }

  #schedule(delayMs: number): void {
    if (!this.#stopped) {
      this.#timer = setTimeout(() => {
        this.#running = this.#round();
      }, delayMs);
    }
  }

  async #round(): Promise<void> {
    try {
      let shipped: number;
      do {
        shipped = await this.shipOnce();
      } while (shipped === ROWS_MAX && !this.#stopped);
      const [measured] = await this.database.query<{ depth: bigint; age_seconds: number }>(measureOutbox);
      this.metrics.outboxDepth.set(Number(measured!.depth));
      this.metrics.outboxAgeSeconds.set(measured!.age_seconds);
      this.#schedule(IDLE_MS);
    } catch (error) {
      this.log.warn('The relay could not ship; it tries again', { error, delayMs: FAILED_MS });
      this.#schedule(FAILED_MS);
    }
  }
}

/** The broker is there and said no to these records (one is too large, say), and not that it is away. */
function isRefusal(error: unknown): error is Error {
  return error instanceof Error && error.cause instanceof KafkaJSProtocolError;
}

function toOutboxRow(row: LeasedRow): OutboxRow {
  const headers = JSON.parse(row.headers) as Record<string, string>;
  return { id: row.id, topic: row.topic, key: row.key, headers, value: row.value ?? row.value_bytes };
}
