import { KnownError } from '@tollgate/contracts';
import type { Log } from '../logs/log.ts';
import type { ServiceLifetime } from '../service/lifetime.ts';

/** Resolves when the dependency is fine, rejects when it is not. */
export type ReadinessCheck = () => Promise<void> | void;

/** What `/health/ready` says. Names and colours only: the reasons are in the log, since the route is open. */
export interface ReadinessReport {
  readonly status: 'ready' | 'not-ready';
  readonly phase: 'starting' | 'running' | 'stopping';
  readonly checks: Readonly<Record<string, 'up' | 'down'>>;
}

/** A check that does not answer within this time counts as down. */
const CHECK_TIMEOUT_MS = 2000;
/** The route is open to everyone: however often it is asked, the checks run at most this often. */
const REPORT_LIFE_MS = 250;

/** Collects what a service depends on; red before the start is complete and from the first stop signal on. */
export class Readiness {
  private readonly checks = new Map<string, ReadinessCheck>();
  private readonly down = new Set<string>();
  private inHand: Promise<Readonly<Record<string, 'up' | 'down'>>> | undefined;
  private ranAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly lifetime: ServiceLifetime,
    private readonly log: Log,
  ) {}

  /** @param name shown in the report; registering a name again replaces its check */
  register(name: string, check: ReadinessCheck): void {
    this.checks.set(name, check);
    this.ranAtMs = Number.NEGATIVE_INFINITY;
  }

  async report(): Promise<ReadinessReport> {
    const phase = this.lifetime.phase;
    const checks = await this.runChecks();
    const ready = phase === 'running' && Object.values(checks).every((colour) => colour === 'up');
    return { status: ready ? 'ready' : 'not-ready', phase, checks };
  }

  private async runChecks(): Promise<Readonly<Record<string, 'up' | 'down'>>> {
    const nowMs = performance.now();
    if (this.inHand === undefined || nowMs - this.ranAtMs > REPORT_LIFE_MS) {
      this.ranAtMs = nowMs;
      this.inHand = Promise.all(
        [...this.checks].map(async ([name, check]) => [name, await this.runCheck(name, check)] as const),
      ).then((entries) => Object.fromEntries(entries));
    }
    return this.inHand;
  }

  private async runCheck(name: string, check: ReadinessCheck): Promise<'up' | 'down'> {
    let timer: NodeJS.Timeout | undefined;
    try {
      await Promise.race([
        Promise.resolve().then(check),
        new Promise((_resolve, reject) => {
          timer = setTimeout(
            () => reject(new KnownError('INTERNAL', { detail: 'The check timed out' })),
            CHECK_TIMEOUT_MS,
          );
        }),
      ]);
      if (this.down.delete(name)) {
        this.log.info('A readiness check is up again', { check: name });
      }
      return 'up';
    } catch (error) {
      // Logged at the change, not at every probe.
      if (!this.down.has(name)) {
        this.down.add(name);
        this.log.warn('A readiness check is down', { check: name, error });
      }
      return 'down';
    } finally {
      clearTimeout(timer);
    }
  }
}
