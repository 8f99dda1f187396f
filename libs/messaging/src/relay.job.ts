import type { Database } from '@tollgate/persistence';
import { failpoint, type Log } from '@tollgate/platform';
import { type BrokerRefusal, findRefusal } from './broker-refusal.ts';
import type { MessagingMetrics } from './messaging.metrics.ts';
import type { OutboxRow } from './outbox.ts';
import { countSendable, type Publisher } from './publisher.ts';
import { deleteOutbox, leaseOutbox, measureOutbox } from './sql/outbox.sql.ts';

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
/** A topic that the broker refuses as a whole (it is missing, without a leader, forbidden) is tried again after this. */
const TOPIC_WAIT_MS = 10_000;
const MEASURE_INTERVAL_MS = 1_000;
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
  #measuring: Promise<void> | undefined;
  /** Topics that the broker has refused, and until when they wait, by the process's own clock. */
  #waitingTopics = new Map<string, number>();
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
    await this.#measuring;
  }

  /**
   * Ships all that is due, the next rows being leased while those before them are on their way.
   * @throws what kept the rest back; or else the first refusal, after everything that the broker takes
   */
  async #shipDue(): Promise<void> {
    const run: Run = { endsAtMs: Infinity };
    const first = await this.#lease(FIRST_ROWS_MAX);
    await this.#ship(first, run);
    let next = first.length === 0 ? undefined : this.#leaseNext(run);
    for (let rows = await next; rows !== undefined && rows.length > 0; rows = await next) {
      next = this.#leaseNext(run);
      await this.#ship(rows, run);
      this.#measureAgain();
    }
    if (run.refusal !== undefined) {
      throw run.refusal;
    }
  }

  #leaseNext({ endsAtMs }: Run): Promise<OutboxRow[]> | undefined {
    if (this.#stopped || performance.now() >= endsAtMs) {
      return undefined;
    }
    const next = this.#lease(LEASE_ROWS_MAX);
    // Nobody waits for it when the rows before it cannot be shipped. Its own then come back as their lease ends.
    next.catch(() => undefined);
    return next;
  }

  async #lease(rowsMax: number): Promise<OutboxRow[]> {
    const waiting = [...this.#waitingTopics].filter(([, untilMs]) => untilMs > performance.now());
    this.#waitingTopics = new Map(waiting);
    const topics = waiting.map(([topic]) => topic);
    const rows = await this.database.query<LeasedRow>(leaseOutbox, [rowsMax, LEASE_MS, LEASE_BYTES_MAX, topics]);
    return rows.map(toOutboxRow);
  }

  /**
   * Sends rows and deletes them, in as many parts as they need. What is refused keeps no other row back: it is sent
   * again by topic, and where a record is the reason, in halves. A topic that is refused as a whole waits.
   */
  async #ship(rows: readonly OutboxRow[], run: Run): Promise<void> {
    const mayGo = ({ topic }: OutboxRow): boolean => !this.#stopped && !this.#waitingTopics.has(topic);
    for (let left = rows.filter(mayGo); left.length > 0; left = left.filter(mayGo)) {
      const part = left.splice(0, countSendable(left));
      failpoint('relay.after-lease');
      const refusal = await this.#shipPart(part);
      if (refusal !== undefined) {
        this.#noteRefusal(part, refusal, run);
        for (const smaller of divide(part, refusal)) {
          await this.#ship(smaller, run);
        }
      }
    }
  }

  /** @returns the broker's word if it does not take the part */
  async #shipPart(part: readonly OutboxRow[]): Promise<BrokerRefusal | undefined> {
    try {
      await this.publisher.send(part);
    } catch (error) {
      const refusal = findRefusal(error);
      if (refusal === undefined) {
        throw error;
      }
      return refusal;
    }
    failpoint('relay.after-send');
    await this.database.query(deleteOutbox, [part.map((row) => row.id)]);
    failpoint('relay.after-delete');
    this.metrics.relayed.inc(part.length);
    return undefined;
  }

  #noteRefusal(part: readonly OutboxRow[], refusal: BrokerRefusal, run: Run): void {
    run.refusal ??= refusal;
    // What is refused one by one comes back as its lease ends: a run that went on until then would never end.
    run.endsAtMs = Math.min(run.endsAtMs, performance.now() + LEASE_MS / 2);
    const topics = new Set(part.map(({ topic }) => topic));
    if (topics.size === 1 && !isOfRecord(refusal)) {
      topics.forEach((topic) => this.#waitingTopics.set(topic, performance.now() + TOPIC_WAIT_MS));
    }
  }

  #schedule(delayMs: number): void {
    if (!this.#stopped) {
      this.#timer = setTimeout(() => {
        this.#running = this.#round();
      }, delayMs);
    }
  }

  async #round(): Promise<void> {
    // At once: while the broker is away, the depth is what an operator goes by.
    this.#measureAgain();
    try {
      await this.#shipDue();
      this.#schedule(IDLE_MS);
    } catch (error) {
      this.log.warn('The relay could not ship; it tries again', { error, delayMs: FAILED_MS });
      this.#schedule(FAILED_MS);
    }
  }

  /** Beside the shipping, which does not wait for it: it counts rows, so not with every lease. */
  #measureAgain(): void {
    if (performance.now() - this.#measuredAtMs >= MEASURE_INTERVAL_MS) {
      this.#measuring ??= this.#measure().finally(() => (this.#measuring = undefined));
    }
  }

  async #measure(): Promise<void> {
    this.#measuredAtMs = performance.now();
    try {
      const [measured] = await this.database.query<{ depth: bigint; age_seconds: number }>(measureOutbox, [DEPTH_MAX]);
      this.metrics.outboxDepth.set(Number(measured!.depth));
      this.metrics.outboxAgeSeconds.set(measured!.age_seconds);
    } catch (error) {
      this.log.warn('The outbox could not be measured', { error });
    }
  }
}

/** One shipping of all that is due. */
interface Run {
  refusal?: BrokerRefusal;
  /** Leases no more from then on, by the process's own clock. */
  endsAtMs: number;
}

/** What the broker says of a record, and not of its topic, of us or of itself. */
const OF_RECORD: ReadonlySet<string> = new Set([
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'CORRUPT_MESSAGE',
  'INVALID_RECORD',
  'INVALID_TIMESTAMP',
]);

function isOfRecord({ type }: BrokerRefusal): boolean {
  return OF_RECORD.has(type);
}

/** Smaller parts of what was refused together: by topic, then in halves if one of the records is the reason. */
function divide(part: readonly OutboxRow[], refusal: BrokerRefusal): OutboxRow[][] {
  const byTopic = [...Map.groupBy(part, ({ topic }) => topic).values()];
  if (byTopic.length > 1) {
    return byTopic;
  }
  if (part.length === 1 || !isOfRecord(refusal)) {
    return [];
  }
  const middle = Math.ceil(part.length / 2);
  return [part.slice(0, middle), part.slice(middle)];
}

function toOutboxRow(row: LeasedRow): OutboxRow {
  const headers = JSON.parse(row.headers) as Record<string, string>;
  return { id: row.id, topic: row.topic, key: row.key, headers, value: row.value ?? row.value_bytes };
}
