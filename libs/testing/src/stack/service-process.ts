import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { findFreePort } from '@tollgate/backends';

import { eventually } from '../eventually.ts';
import { guardProcess, releaseProcess } from './process-guard.ts';

/** How long a clean stop may take before the process is killed: the services promise 10 s. */
const STOP_PATIENCE_MS = 12_000;
/** Five services start at once on a machine that runs other tests beside. */
const READY_TIMEOUT_MS = 120_000;
/** Enough of the end of a log to see why a service died. Characters. */
const LOG_TAIL_LENGTH = 4_000;

/** Where Node keeps compiled modules: tests start services so often that compiling them would take half the time. */
const COMPILED = fileURLToPath(new URL('../../../../node_modules/.cache/tollgate-services', import.meta.url));

export interface ServiceOptions {
  /** The folder's name under apps/. */
  app: string;
  port: number;
  /** Its whole environment, without PATH: a service under test sees nothing of the tester's. */
  environment: Record<string, string>;
}

/**
 * A service as production runs it: one process, compiled code, configured by environment alone. It dies with the test
 * process at the latest.
 */
export class ServiceProcess {
  readonly app: string;
  readonly url: string;
  readonly #environment: Record<string, string>;
  #child: ChildProcess | undefined;
  #closed: Promise<unknown> = Promise.resolve();
  #log = '';

  constructor({ app, port, environment }: ServiceOptions) {
    this.app = app;
    this.url = `http://127.0.0.1:${port}`;
    this.#environment = environment;
  }

  /** Everything it has written to stdout and stderr, over all its lives. */
  get log(): string {
    return this.#log;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get isRunning(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /**
   * Starts it (again), with `overrides` on top of its environment.
   * @throws Error when it is running already or was never built
   */
  start(overrides: Record<string, string> = {}): void {
    if (this.isRunning) throw new Error(`${this.app} is running already`);
    const entry = fileURLToPath(new URL(`../../../../apps/${this.app}/dist/bundle/main.js`, import.meta.url));
    if (!existsSync(entry)) throw new Error(`${this.app} is not built: run "npm run build" first`);
    const child = spawn(process.execPath, [entry], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, TZ: 'UTC', NODE_COMPILE_CACHE: COMPILED, ...this.#environment, ...overrides },
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (this.#log += text));
    }
    const pid = child.pid;
    if (pid !== undefined) {
      guardProcess(pid, entry);
      child.once('exit', () => releaseProcess(pid));
    }
    this.#child = child;
    this.#closed = once(child, 'close');
  }

  /** Resolves when `/health/ready` answers 200. @throws Error with the end of its log when it dies or takes too long */
  async ready(): Promise<void> {
    let died = false;
    await eventually(
      async () => {
        died = !this.isRunning;
        if (died) return;
        const answer = await fetch(`${this.url}/health/ready`, { signal: AbortSignal.timeout(2_000) });
        if (answer.status !== 200) throw new Error(`${this.app} is not ready: ${await answer.text()}`);
      },
      { timeoutMs: READY_TIMEOUT_MS, intervalMs: 50 },
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${this.logTail()}`);
    });
    if (died) throw new Error(`${this.app} ended before it was ready:\n${this.logTail()}`);
  }

  /** Kills it as a crash would (SIGKILL) and resolves when it is gone. */
  async kill9(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Asks it to stop (SIGTERM) and resolves to its exit code; null when it had to be killed. */
  async stop(): Promise<number | null> {
    return this.#end('SIGTERM');
  }

  /** Freezes it (SIGSTOP) as a suspended machine would: its sockets stay open and nothing in it runs. */
  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  /** Lets it run on (SIGCONT) where it was frozen. */
  thaw(): void {
    this.#child?.kill('SIGCONT');
  }

  /** Another instance of the same service, on a port of its own; not started yet. */
  async twin(): Promise<ServiceProcess> {
    const port = await findFreePort();
    const environment = { ...this.#environment, [portVariable(this.app)]: String(port) };
    return new ServiceProcess({ app: this.app, port, environment });
  }

  /** Resolves when it is dead and all that it wrote is in {@link log}: to the signal that killed it, null without one. */
  async ended(): Promise<NodeJS.Signals | null> {
    await this.#closed;
    return this.#child?.signalCode ?? null;
  }

  /** The end of what it wrote. */
  logTail(): string {
    return this.#log.slice(-LOG_TAIL_LENGTH);
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    if (child === undefined || !this.isRunning) return child?.exitCode ?? null;
    const gone = once(child, 'exit');
    child.kill(signal);
    // A frozen process hears of nothing but SIGKILL until it runs again.
    child.kill('SIGCONT');
    const patience = new AbortController();
    const impatience = delay(STOP_PATIENCE_MS, undefined, { signal: patience.signal })
      .then(() => child.kill('SIGKILL'))
      .catch(() => undefined);
    await gone;
    patience.abort();
    await impatience;
    return child.exitCode;
  }
}

/** The environment variable that sets the port of a service. */
export function portVariable(app: string): string {
  return `${app.toUpperCase()}_PORT`;
}

/** Starts a service and resolves when it is ready. */
export async function startService(options: ServiceOptions): Promise<ServiceProcess> {
  const service = new ServiceProcess(options);
  service.start();
  await service.ready();
  return service;
}
