import { type Database, quoteIdentifier, sql, type Transaction } from '@tollgate/persistence';
import { failpoint, type Log } from '@tollgate/platform';

const MONTHS_AHEAD = 2;
const INTERVAL_MS = 6 * 60 * 60 * 1000;

const listPartitions = sql(
  'list-inbox-partitions',
  `SELECT child.relname AS name
   FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid
   WHERE inhparent = 'inbox'::regclass`,
);

/** Instances that start together take turns: IF NOT EXISTS alone still fails when two create at the same moment. */
const lockMaintenance = sql(
  'lock-inbox-partitions',
  `SELECT pg_advisory_xact_lock(hashtextextended('inbox-partitions/' || current_schema(), 0))`,
);

/**
 * Keeps the inbox's monthly partitions: made ahead, dropped when everything in them is older than anything that can
 * still be replayed. By the event's own time, never by arrival: a late event finds its duplicate.
 */
export class InboxPartitions {
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly retentionDays: number,
    private readonly log: Log,
  ) {}

  /** Events older than this are refused: their partition may be gone. Milliseconds since 1970. */
  oldestMs(nowMs: number): number {
    return startOfMonth(new Date(nowMs - this.retentionDays * 86_400_000)).getTime();
  }

  /** @throws KnownError DATABASE_UNAVAILABLE; without partitions nothing can be claimed, so the start waits for it */
  async start(): Promise<void> {
    await this.maintain(new Date());
    this.#timer = setInterval(() => {
      this.maintain(new Date()).catch((error: unknown) =>
        this.log.error('The inbox partitions could not be maintained', { error }),
      );
    }, INTERVAL_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async maintain(now: Date): Promise<void> {
    await this.database.transaction(async (tx) => {
      await tx.query(lockMaintenance);
      await this.#maintain(tx, now);
      failpoint('inbox.before-commit');
    });
    failpoint('inbox.after-commit');
  }

  async #maintain(tx: Transaction, now: Date): Promise<void> {
    const oldest = new Date(this.oldestMs(now.getTime()));
    const kept = new Set<string>();
    for (let month = oldest; month <= addMonths(now, MONTHS_AHEAD); month = addMonths(month, 1)) {
      const from = startOfMonth(month);
      const name = partitionName(from);
      kept.add(name);
      await tx.execute(
        `CREATE TABLE IF NOT EXISTS ${quoteIdentifier(name)} PARTITION OF inbox
         FOR VALUES FROM ('${from.toISOString()}') TO ('${addMonths(from, 1).toISOString()}')`,
      );
    }
    const existing = await tx.query<{ name: string }>(listPartitions);
    for (const { name } of existing.filter(
      (partition) => !kept.has(partition.name) && partition.name < partitionName(oldest),
    )) {
      await tx.execute(`DROP TABLE IF EXISTS ${quoteIdentifier(name)}`);
      this.log.info('An inbox partition was dropped: nothing in it can be replayed any more', { table: name });
    }
  }
}

function startOfMonth(date: Date): Date {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1));
}

function addMonths(date: Date, months: number): Date {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1));
}

function partitionName(month: Date): string {
  return `inbox_${month.toISOString().slice(0, 7).replace('-', '_')}`;
}
