import {
  chmodSync,
  linkSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { findOwnProcess, stopProcess } from '@tollgate/backends';

/** A launcher that lost its terminal needs a moment to notice. */
const NOTICE_WITHIN_MS = 2_000;
/** A launcher that is stopping promises to be gone by then. */
const STOPPED_WITHIN_MS = 25_000;
const POLL_MS = 100;
const LOG_SIZE_MAX = 10 * 1024 * 1024;
const LEFTOVER_PATIENCE_MS = 8_000;

/** Somebody else runs on this data folder. */
export class DataFolderInUse extends Error {
  override readonly name = 'DataFolderInUse';
}

/** Everything that one installation keeps: data, logs, pid files, credentials. */
export class DataFolder {
  readonly logsDir: string;
  readonly runDir: string;
  readonly credentialsFile: string;
  private readonly lockFile: string;

  /** @param dataDir absolute */
  constructor(readonly dataDir: string) {
    this.logsDir = path.join(dataDir, 'logs');
    this.runDir = path.join(dataDir, 'run');
    this.credentialsFile = path.join(dataDir, 'credentials.json');
    this.lockFile = path.join(this.runDir, 'launcher.lock');
  }

  pidFile(app: string): string {
    return path.join(this.runDir, `${app}.pid`);
  }

  logFile(app: string): string {
    return path.join(this.logsDir, `${app}.log`);
  }

  /**
   * Makes the folder ours, waiting for a launcher that is on its way out.
   * @throws DataFolderInUse
   */
  async take(): Promise<void> {
    for (const folder of [this.dataDir, this.logsDir, this.runDir]) mkdirSync(folder, { recursive: true });
    // PostgreSQL's account, where it is not ours, must be able to pass; secrets have modes of their own.
    chmodSync(this.dataDir, 0o755);
    const startedAt = performance.now();
    while (!this.tryLock()) {
      const holder = this.findHolder();
      if (holder === undefined) {
        rmSync(this.lockFile, { force: true });
        continue;
      }
      const patienceMs = holder.isStopping ? STOPPED_WITHIN_MS : NOTICE_WITHIN_MS;
      if (performance.now() - startedAt > patienceMs) {
        throw new DataFolderInUse(`Tollgate runs on ${this.dataDir} already (process ${holder.pid})`);
      }
      await delay(POLL_MS);
    }
  }

  /** The launcher that runs on this folder now, if one does. */
  findHolder(): { pid: number; isStopping: boolean } | undefined {
    const pid = findOwnProcess({ pidFile: this.lockFile, marker: 'start.main.js' });
    if (pid === undefined) return undefined;
    try {
      return { pid, isStopping: readFileSync(this.lockFile, 'utf8').includes('stopping') };
    } catch {
      return undefined;
    }
  }

  /** Tells whoever wants the folder next that it will be free soon. */
  announceStopping(): void {
    writeFileSync(this.lockFile, `${process.pid}\nstopping\n`);
  }

  release(): void {
    rmSync(this.lockFile, { force: true });
  }

  /**
   * Ends what a killed launcher left running here: processes that a pid file names and whose command line names this
   * folder, so that a reused pid is left alone. Services go before the backends they use.
   * @returns the names of what was ended
   */
  async clearLeftovers(): Promise<string[]> {
    const names = readdirSync(this.runDir)
      .filter((file) => file.endsWith('.pid'))
      .map((file) => path.basename(file, '.pid'));
    const isBackend = (name: string): boolean => name === 'postgres' || name === 'kafka';
    const services = await this.endAll(names.filter((name) => !isBackend(name)));
    const backends = await this.endAll(names.filter(isBackend));
    return [...services, ...backends];
  }

  /** Keeps one older log of each process: what grew large is set aside before a start. */
  rotateLogs(): void {
    for (const file of readdirSync(this.logsDir).filter((name) => name.endsWith('.log'))) {
      const log = path.join(this.logsDir, file);
      if (statSync(log).size > LOG_SIZE_MAX) renameSync(log, `${log}.1`);
    }
  }

  private async endAll(names: readonly string[]): Promise<string[]> {
    const ended = await Promise.all(names.map((name) => this.endLeftover(name)));
    return names.filter((_, index) => ended[index]);
  }

  private async endLeftover(name: string): Promise<boolean> {
    const pid = findOwnProcess({ pidFile: this.pidFile(name), marker: this.dataDir });
    // PostgreSQL's SIGTERM waits for its clients; SIGINT sends them away.
    const signal = name === 'postgres' ? 'SIGINT' : 'SIGTERM';
    if (pid !== undefined) await stopProcess({ pid, signal, patienceMs: LEFTOVER_PATIENCE_MS });
    rmSync(this.pidFile(name), { force: true });
    return pid !== undefined;
  }

  private tryLock(): boolean {
    // Written first and linked then: the lock is never there without its holder's pid inside.
    const own = `${this.lockFile}.${process.pid}`;
    writeFileSync(own, `${process.pid}\n`);
    try {
      linkSync(own, this.lockFile);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    } finally {
      rmSync(own, { force: true });
    }
  }
}
