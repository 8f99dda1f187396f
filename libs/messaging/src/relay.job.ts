import type { Database } from '@tollgate/persistence';
import { failpoint, type Log } from '@tollgate/platform';
import kafkajs from 'kafkajs';
import type { MessagingMetrics } from './messaging.metrics.ts';
import type { OutboxRow } from './outbox.ts';
import { countSendable, type Publisher } from './publisher.ts';
import { deleteOutbox, leaseOutbox, measureOutbox } from './sql/outbox.sql.ts';

// Node cannot see kafkajs's error classes among its named exports.
const { KafkaJSProtocolError } = kafkajs;

/**
 * One lease, by rows and by what they hold: a row may be as large as a record may be. Two leases are in memory at once,
 * one being sent and the next. Rows, bytes.
 */
const LEASE_ROWS_MAX = 2_000;
const LEASE_BYTES_MAX = 2 * 1024 * 1024;
/** Leased first: should the broker be away, no more than these wait for the end of their lease. */
const FIRST_ROWS_MAX = 200;
/** A relay that dies with rows in hand leaves them to the next one after this. Milliseconds. */
const LEASE_MS = 15_000;
const IDLE_MS = 1_000;
const FAILED_MS = 2_000;
/** More than so many rows that wait are not counted. */
const DEPTH_MAX = 100_000;

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
  #measuredAtMs = -Infinity;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor(
    private readonly database: Pick<Database, 'query'>,
    private readonly publisher: Pick<Publisher, 'send'>,
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
   * Ships all that is due, the next rows being leased while those before them are on their way.
   * @throws what kept the rest back; or else the first refusal, after everything that the broker takes
   */
  async #shipDue(): Promise<void> {
    const first = await this.#lease(FIRST_ROWS_MAX);
    let refusal = await this.#ship(first);
    let next = first.length === 0 || isForNow(refusal) ? undefined : this.#leaseNext();
    for (let rows = await next; rows !== undefined && rows.length > 0; rows = await next) {
      next = isForNow(refusal) ? undefined : this.#leaseNext();
      refusal = (await this.#ship(rows)) ?? refusal;
      await this.#measureAgain();
    }
    if (refusal !== undefined) {
      throw refusal;
    }
  }

  #leaseNext(): Promise<OutboxRow[]> | undefined {
    if (this.#stopped) {
      return undefined;
    }
    const next = this.#lease(LEASE_ROWS_MAX);
    // Nobody waits for it when the rows before it cannot be shipped. Its own then come back as their lease ends.
    next.catch(() => undefined);
    return next;
  }

  async #lease(rowsMax: number): Promise<OutboxRow[]> {
    const rows = await this.database.query<LeasedRow>(leaseOutbox, [rowsMax, LEASE_MS, LEASE_BYTES_MAX]);
    return rows.map(toOutboxRow);
  }

  /**
   * Sends rows and deletes them, in as many parts as they need. A row that is refused keeps no other back: what was
   * refused together is sent again by topic, and then in halves.
   * @returns a refusal, if there was one
   */
  async #ship(rows: readonly OutboxRow[]): Promise<Error | undefined> {
    let refusal: Error | undefined;
    const left = [...rows];
    while (left.length > 0) {
      const part = left.splice(0, countSendable(left));
      failpoint('relay.after-lease');
      const refused = await this.#shipPart(part);
      if (refused !== undefined) {
        refusal ??= refused;
        for (const smaller of divide(part, refused)) {
          await this.#ship(smaller);
        }
      }
    }
    return refusal;
  }

  async #shipPart(part: readonly OutboxRow[]): Promise<Error | undefined> {
    try {
      await this.publisher.send(part);
    } catch (error) {
      if (isRefusal(error)) {
        return error;
      }
      throw error;
    }
    failpoint('relay.after-send');
    await this.database.query(deleteOutbox, [part.map((row) => row.id)]);
    failpoint('relay.after-delete');
    this.metrics.relayed.inc(part.length);
    return undefined;
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
      // First: while the broker is away, the depth is what an operator goes by.
      await this.#measure();
      await this.#shipDue();
      this.#schedule(IDLE_MS);
    } catch (error) {
      this.log.warn('The relay could not ship; it tries again', { error, delayMs: FAILED_MS });
      this.#schedule(FAILED_MS);
    }
  }

  /** Beside a long backlog: it counts every row, so not with every lease. */
  async #measureAgain(): Promise<void> {
    if (performance.now() - this.#measuredAtMs >= IDLE_MS) {
      await this.#measure();
    }
  }

  /** Shipping does not depend on it. */
  async #measure(): Promise<void> {
    try {
      const [measured] = await this.database.query<{ depth: bigint; age_seconds: number }>(measureOutbox, [DEPTH_MAX]);
      this.metrics.outboxDepth.set(Number(measured!.depth));
      this.metrics.outboxAgeSeconds.set(measured!.age_seconds);
    } catch (error) {
      this.log.warn('The outbox could not be measured', { error });
    }
    this.#measuredAtMs = performance.now();
  }
}

/** The broker is there and said no to these records (one is too large, a topic is missing), and not that it is away. */
function isRefusal(error: unknown): error is Error {
  return findRefusal(error) !== undefined;
}

/** The broker's own word, however the client has wrapped it. */
function findRefusal(error: unknown): InstanceType<typeof KafkaJSProtocolError> | undefined {
  for (let each = error; each instanceof Error; each = each.cause) {
    if (each instanceof KafkaJSProtocolError) {
      return each;
    }
  }
  return undefined;
}

/** The broker may take it later, and the client has tried for seconds: there is a topic without its leader, or none. */
function isForNow(refusal: Error | undefined): boolean {
  return findRefusal(refusal)?.retriable === true;
}

/** Smaller parts of what was refused together: by topic, then in halves, unless all of a topic has to wait. */
function divide(part: readonly OutboxRow[], refused: Error): OutboxRow[][] {
  const byTopic = [...Map.groupBy(part, ({ topic }) => topic).values()];
  if (byTopic.length > 1) {
    return byTopic;
  }
  if (part.length === 1 || isForNow(refused)) {
    return [];
  }
  const middle = Math.ceil(part.length / 2);
  return [part.slice(0, middle), part.slice(middle)];
}

function toOutboxRow(row: LeasedRow): OutboxRow {
  const headers = JSON.parse(row.headers) as Record<string, string>;
  return { id: row.id, topic: row.topic, key: row.key, headers, value: row.value ?? row.value_bytes };
}
