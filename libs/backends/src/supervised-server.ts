import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { BackendError } from './backend.errors.ts';
import type { BackendOptions, RunningBackend } from './backend.types.ts';
import { startGuard } from './guard.ts';
import { findOwnProcess, sendSignal, stopProcess } from './processes.ts';

const READY_POLL_MS = 50;
const LOG_TAIL_LINES = 25;

/** How one kind of server is run; what PostgreSQL and Kafka differ in. */
export interface ServerRecipe {
  /** For messages: `PostgreSQL`, `Kafka`. */
  name: string;
  /** Starts the process, detached. Called again for every restart. */
  spawn(): ChildProcess;
  /** Whether it serves; asked again and again while the process lives. */
  isReady(): Promise<boolean>;
  readyWithinMs: number;
  /** How it is asked to stop, and how long it may take before it is killed. */
  stopSignal: NodeJS.Signals;
  stopWithinMs: number;
  /** How an abandoned one is ended by the guard. */
  abandonSignal: 'QUIT' | 'KILL';
}

/** Where a server keeps its log and its pid. */
export function placesOf(options: BackendOptions): { dataDir: string; logFile: string; pidFile: string } {
  const dataDir = path.resolve(options.dataDir);
  return {
    dataDir,
    logFile: path.resolve(options.logFile ?? path.join(dataDir, 'server.log')),
    pidFile: path.resolve(options.pidFile ?? path.join(dataDir, 'server.pid')),
  };
}

/** Ends a server that an earlier, killed owner left behind on this data folder. */
export async function stopLeftover(options: BackendOptions): Promise<void> {
  const { dataDir, pidFile } = placesOf(options);
  const pid = findOwnProcess({ pidFile, marker: dataDir });
  if (pid !== undefined) await stopProcess({ pid, signal: 'SIGINT', patienceMs: 10_000 });
  rmSync(pidFile, { force: true });
}

/** One server process of ours: started, waited for, watched, stopped. */
export class SupervisedServer implements RunningBackend {
  private child: ChildProcess | undefined;
  private expectsExit = false;
  private readonly exitListeners: (() => void)[] = [];
  private guard: { release(): void } | undefined;

  constructor(
    private readonly recipe: ServerRecipe,
    private readonly options: BackendOptions,
  ) {}

  /** Resolves when the server is ready; throws `BACKEND_DID_NOT_START` with the tail of its log. */
  async start(): Promise<void> {
    const { dataDir, logFile, pidFile } = placesOf(this.options);
    if (this.options.ephemeral === true) {
      this.guard ??= startGuard({ pidFile, directory: dataDir, signal: this.recipe.abandonSignal });
    }
    const logStart = existsSync(logFile) ? statSync(logFile).size : 0;
    this.expectsExit = false;
    const child = this.recipe.spawn();
    this.child = child;
    child.once('error', () => {});
    child.once('exit', () => {
      if (this.child === child && !this.expectsExit) for (const listener of this.exitListeners) listener();
    });
    mkdirSync(path.dirname(pidFile), { recursive: true });
    writeFileSync(pidFile, `${child.pid ?? ''}\n`);
    await this.waitUntilReady(child, () => readTail(logFile, logStart));
  }

  async stop(): Promise<void> {
    await this.end(this.recipe.stopSignal);
    const { dataDir, pidFile } = placesOf(this.options);
    rmSync(pidFile, { force: true });
    if (this.options.ephemeral === true) {
      this.guard?.release();
      this.guard = undefined;
      rmSync(dataDir, { recursive: true, force: true });
    }
  }

  async kill9(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Ends it by the signal by which an abandoned one is ended: at once, but with what the server itself needs for that. */
  async quit(): Promise<void> {
    await this.end(`SIG${this.recipe.abandonSignal}`);
  }

  async restart(): Promise<void> {
    await this.end(this.recipe.stopSignal);
    await this.start();
  }

  onUnexpectedExit(listener: () => void): void {
    this.exitListeners.push(listener);
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    this.expectsExit = true;
    const pid = this.child?.pid;
    if (pid === undefined || this.child?.exitCode !== null || this.child.signalCode !== null) return;
    await stopProcess({ pid, signal, patienceMs: this.recipe.stopWithinMs });
  }

  private async waitUntilReady(child: ChildProcess, logTail: () => string): Promise<void> {
    const giveUpAt = performance.now() + this.recipe.readyWithinMs;
    for (;;) {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) {
        throw this.didNotStart(
          `ended at once (${child.signalCode ?? `exit code ${child.exitCode ?? 'unknown'}`})`,
          logTail(),
        );
      }
      if (await this.recipe.isReady()) return;
      if (performance.now() > giveUpAt) {
        this.expectsExit = true;
        sendSignal(child.pid, 'SIGKILL');
        throw this.didNotStart(`was not ready within ${this.recipe.readyWithinMs / 1000} s`, logTail());
      }
      await delay(READY_POLL_MS);
    }
  }

  private didNotStart(how: string, detail: string): BackendError {
    const { dataDir, logFile } = placesOf(this.options);
    this.expectsExit = true;
    return new BackendError('BACKEND_DID_NOT_START', `${this.recipe.name} ${how}`, {
      advice: `Its log is ${logFile}. If its data in ${dataDir} is damaged, remove that folder and start again.`,
      detail,
    });
  }
}

/** What a log file gained since `fromByte`, at most its last lines. */
function readTail(file: string, fromByte: number): string {
  if (!existsSync(file)) return '';
  return readFileSync(file).subarray(fromByte).toString('utf8').trimEnd().split('\n').slice(-LOG_TAIL_LINES).join('\n');
}
