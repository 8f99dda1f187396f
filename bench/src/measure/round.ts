import { setTimeout as delay } from 'node:timers/promises';

import pg from 'pg';

import type { RunningColumn } from '../columns/column.types.ts';
import type { Load, LoadOrder, LoadResult } from '../load/load.types.ts';
import { nowMs } from '../machine/monotonic-clock.ts';
import { memoryOf } from '../machine/process-usage.ts';
import type { Stage } from '../machine/stage.ts';
import { WorkerProcess } from '../machine/worker-process.ts';
import { CpuMeter } from './cpu-meter.ts';
import type { CpuPerCheckout, LatencyFigures, ThroughputFigures } from './figures.types.ts';
import { percentilesOf } from './percentiles.ts';

/** How often entries are counted while they come in, and near the end, where the moment counts. */
const COUNT_EVERY_MS = 100;
const COUNT_OFTEN_MS = 10;
const NEAR_THE_END = 0.9;
/** Without a new entry for so long, something is lost. */
const PATIENCE_MS = 60_000;
/** After the last entry: time for what is still published, deleted and cleaned up. */
const QUIET_MS = 1_000;

/** What a load came to. */
interface LoadOutcome {
  readonly result: LoadResult;
  readonly lastEntryAtMs: number;
  readonly approvedAtMs: ReadonlyMap<string, number>;
  readonly cpuMsPerCheckout: CpuPerCheckout;
  readonly cpuMs: number;
}

/** One column, running, under one load after the other. */
export class Round {
  /** Older entries are not counted. */
  private lastEntryBefore = '0';

  private constructor(
    private readonly stage: Stage,
    private readonly column: RunningColumn,
    private readonly driver: WorkerProcess<LoadOrder, LoadResult>,
    private readonly database: pg.Client,
    private readonly interrupted: AbortSignal,
  ) {}

  /** @param interrupted breaks whatever load is under way */
  static async open(
    stage: Stage,
    column: RunningColumn,
    { databaseUrl, interrupted }: { databaseUrl: string; interrupted: AbortSignal },
  ): Promise<Round> {
    await stage.provider.aim(column.webhookUrl, column.webhookSecret);
    const database = new pg.Client({ connectionString: databaseUrl });
    await database.connect();
    return new Round(stage, column, new WorkerProcess('load/driver.main.js'), database, interrupted);
  }

  async close(): Promise<void> {
    await this.driver.stop();
    await this.database.end();
  }

  /** Compilers and caches get warm; nothing is kept. */
  async warmUp(count: number, inFlight: number): Promise<void> {
    await this.carry({ kind: 'closed', count, inFlight });
  }

  /** A single checkout. @returns its attempt id */
  async buyOne(): Promise<string> {
    const { result } = await this.carry({ kind: 'closed', count: 1, inFlight: 1 });
    const [id = ''] = result.postedAtMs.keys();
    return id;
  }

  async measureThroughput(count: number, inFlight: number): Promise<ThroughputFigures> {
    const { result, lastEntryAtMs, cpuMsPerCheckout, cpuMs } = await this.carry({ kind: 'closed', count, inFlight });
    const elapsedMs = lastEntryAtMs - result.firstPostAtMs;
    return {
      checkouts: count,
      seconds: elapsedMs / 1000,
      perSecond: (count / elapsedMs) * 1000,
      answerMs: percentilesOf(result.answerMs),
      cpuMsPerCheckout,
      coresBusy: cpuMs / elapsedMs,
    };
  }

  async measureLatency(ratePerSecond: number, seconds: number): Promise<LatencyFigures> {
    const { result, approvedAtMs, cpuMsPerCheckout } = await this.carry({ kind: 'open', ratePerSecond, seconds });
    const approveMs = [...result.postedAtMs].map(([id, postedAtMs]) => (approvedAtMs.get(id) ?? NaN) - postedAtMs);
    return {
      ratePerSecond,
      checkouts: result.postedAtMs.size,
      approveMs: percentilesOf(approveMs),
      answerMs: percentilesOf(result.answerMs),
      lateMsP99: percentilesOf(result.lateMs).p99,
      cpuMsPerCheckout,
    };
  }

  /** The most resident memory of each service since it started. */
  memoryPeakMb(): Readonly<Record<string, number>> {
    return Object.fromEntries(
      Object.entries(this.column.processes).map(([service, pid]) => [service, memoryOf(pid).peakMb]),
    );
  }

  /** @throws Error when an answer was not the outcome, or a checkout did not become one approve and one entry */
  private async carry(load: Load): Promise<LoadOutcome> {
    await this.stage.checkpoint();
    await this.skipEntries();
    const { attemptsUrl: url, headers } = this.column;
    const meter = new CpuMeter({
      services: this.column.processes,
      postgres: this.stage.postgresPid,
      kafka: this.stage.kafkaPid,
      driver: this.driver.pid,
      provider: this.stage.provider.pid,
    });
    const count = load.kind === 'closed' ? load.count : Math.round(load.ratePerSecond * load.seconds);
    const [result, lastEntryAtMs] = await Promise.all([
      this.driver.ask({ url, headers, load }),
      this.awaitEntries(count),
    ]);
    await delay(QUIET_MS);
    const cpu = meter.read();
    const sightings = await this.stage.provider.collect();
    assertComplete(result, sightings.approvedAtMs);
    const cpuMsPerCheckout = Object.fromEntries(Object.entries(cpu).map(([name, ms]) => [name, ms / count]));
    return {
      result,
      lastEntryAtMs,
      approvedAtMs: sightings.approvedAtMs,
      cpuMsPerCheckout,
      cpuMs: cpu['total'] ?? 0,
    };
  }

  /** @returns when the last of the entries was seen */
  private async awaitEntries(count: number): Promise<number> {
    let entries = 0;
    let grewAtMs = nowMs();
    for (;;) {
      this.interrupted.throwIfAborted();
      const now = await this.countEntries();
      const seenAtMs = nowMs();
      if (now >= count) return seenAtMs;
      if (now > entries) grewAtMs = seenAtMs;
      else if (seenAtMs - grewAtMs > PATIENCE_MS) {
        throw new Error(`${count - now} of ${count} checkouts have no ledger entry, and none came for a minute`);
      }
      entries = now;
      await delay(now > count * NEAR_THE_END ? COUNT_OFTEN_MS : COUNT_EVERY_MS);
    }
  }

  private async countEntries(): Promise<number> {
    const text = 'SELECT count(*)::integer AS entries FROM ledger.journal_entries WHERE entry_id > $1';
    const { rows } = await this.database.query<{ entries: number }>(text, [this.lastEntryBefore]);
    return rows[0]?.entries ?? 0;
  }

  private async skipEntries(): Promise<void> {
    const text = 'SELECT coalesce(max(entry_id), 0)::text AS last FROM ledger.journal_entries';
    const { rows } = await this.database.query<{ last: string }>(text);
    this.lastEntryBefore = rows[0]?.last ?? '0';
  }
}

function assertComplete(result: LoadResult, approvedAtMs: ReadonlyMap<string, number>): void {
  const failures = Object.entries(result.failures).map(([what, count]) => `${count} × ${what}`);
  if (failures.length > 0) throw new Error(`not every checkout was answered with its outcome: ${failures.join(', ')}`);
  const missing = [...result.postedAtMs.keys()].filter((id) => !approvedAtMs.has(id)).length;
  if (missing > 0) throw new Error(`${missing} checkouts were answered without an approve call`);
}
