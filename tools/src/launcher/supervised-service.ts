import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync, readSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

import { spawnDetached, stopProcess } from '@tollgate/backends';

import type { DataFolder } from './data-folder.ts';
import { ROOT } from '../settings-file.ts';
import { restartPauseMs } from './restart.policy.ts';
import { connectHost, type ServicePlan } from './service-plan.ts';

const READY_WITHIN_MS = 60_000;
const READY_POLL_MS = 50;
const ANSWER_WITHIN_MS = 2_000;
const STOP_PATIENCE_MS = 11_000;
const LOG_TAIL_BYTES = 4_000;

/** A service ended, or did not become ready, while the launcher was starting it for the first time. */
export class ServiceDidNotStart extends Error {
  override readonly name = 'ServiceDidNotStart';

  constructor(
    message: string,
    readonly logTail: string,
  ) {
    super(message);
  }
}

/** One service process: started, waited for, started again when it dies, stopped. */
export class SupervisedService {
  private child: ChildProcess | undefined;
  private isStopping = false;
  private wasReady = false;
  private readonly deathsAtMs: number[] = [];
  private logStart = 0;

  constructor(
    readonly plan: ServicePlan,
    private readonly folder: DataFolder,
    private readonly say: (line: string) => void,
  ) {}

  /** Resolves when it is ready. @throws ServiceDidNotStart */
  async start(): Promise<void> {
    this.spawn();
    await this.waitUntilReady();
    this.wasReady = true;
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    const pid = this.runningPid();
    if (pid !== undefined) await stopProcess({ pid, signal: 'SIGTERM', patienceMs: STOP_PATIENCE_MS });
    rmSync(this.folder.pidFile(this.plan.app), { force: true });
  }

  /** For a second Ctrl-C: at once, whatever is in hand. */
  kill(): void {
    this.isStopping = true;
    this.child?.kill('SIGKILL');
  }

  private spawn(): void {
    const { app, entry, environment } = this.plan;
    this.logStart = statSync(this.folder.logFile(app), { throwIfNoEntry: false })?.size ?? 0;
    // The last argument tells a later launcher on the same folder that this process is one of ours.
    const child = spawnDetached({
      command: process.execPath,
      args: [entry, `--data-dir=${this.folder.dataDir}`],
      logFile: this.folder.logFile(app),
      environment,
      workingDirectory: ROOT,
    });
    this.child = child;
    child.once('error', () => {});
    child.once('exit', (code, signal) => void this.onExit(child, signal ?? `exit code ${code}`));
    if (child.pid !== undefined) writeFileSync(this.folder.pidFile(app), `${child.pid}\n`);
  }

  private async onExit(child: ChildProcess, how: string): Promise<void> {
    if (this.child !== child || this.isStopping || !this.wasReady) return;
    this.deathsAtMs.push(Date.now());
    const pauseMs = restartPauseMs(this.deathsAtMs);
    const when = pauseMs === 0 ? 'at once' : `in ${pauseMs / 1000} s`;
    this.say(`! ${this.plan.app} died (${how}); started again ${when}`);
    await delay(pauseMs);
    if (this.isStopping) return;
    const startedAt = performance.now();
    this.spawn();
    const again = this.child;
    try {
      await this.waitUntilReady();
      this.say(`✓ ${this.plan.app} is ready again (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`);
    } catch (error) {
      // Dead again: its own exit has brought the next try about. Alive but not ready: it is left to get ready.
      if (this.child === again && this.runningPid() !== undefined) this.say(`! ${(error as Error).message}`);
    }
  }

  private async waitUntilReady(): Promise<void> {
    const { app, port, environment } = this.plan;
    const child = this.child;
    const url = `http://${connectHost(environment.HOST ?? '127.0.0.1')}:${port}/health/ready`;
    const giveUpAt = performance.now() + READY_WITHIN_MS;
    let last = 'no answer';
    while (performance.now() < giveUpAt) {
      if (this.isStopping) return;
      if (child === undefined || child.pid === undefined || child.exitCode !== null || child.signalCode !== null) {
        throw new ServiceDidNotStart(`${app} ended while starting`, this.logTail());
      }
      try {
        const answer = await fetch(url, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
        last = await answer.text();
        if (answer.ok) return;
      } catch {
        // Not listening yet.
      }
      await delay(READY_POLL_MS);
    }
    throw new ServiceDidNotStart(`${app} is not ready after ${READY_WITHIN_MS / 1000} s: ${last}`, this.logTail());
  }

  private runningPid(): number | undefined {
    const child = this.child;
    return child !== undefined && child.exitCode === null && child.signalCode === null ? child.pid : undefined;
  }

  /** The end of what its last start wrote: the log file holds all earlier starts too. */
  private logTail(): string {
    const file = this.folder.logFile(this.plan.app);
    const size = statSync(file).size;
    const buffer = Buffer.alloc(Math.min(size - this.logStart, LOG_TAIL_BYTES));
    const descriptor = openSync(file, 'r');
    try {
      readSync(descriptor, buffer, 0, buffer.length, size - buffer.length);
    } finally {
      closeSync(descriptor);
    }
    return buffer.toString('utf8').split('\n').slice(-15).join('\n').trim();
  }
}
