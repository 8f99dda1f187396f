import { KnownError } from '@tollgate/contracts';
import type { Log } from '../logs/log.ts';
import type { ServiceLifetime } from '../service/lifetime.ts';

/**
 * Resolves when the dependency is fine, rejects when it is not. Where it fails some that are served and the service goes
 * on for the rest, it resolves with them.
 */
export type ReadinessCheck = () => Promise<readonly string[] | void> | readonly string[] | void;

/** Degraded: the service works and should be sent requests, but not for everybody. */
type Colour = 'up' | 'degraded' | 'down';

/** What `/health/ready` says. Names of checks and colours only: reasons and merchants are told to operators, since the route is open. */
export interface ReadinessReport {
  readonly status: 'ready' | 'degraded' | 'not-ready';
  readonly phase: 'starting' | 'running' | 'stopping';
  readonly checks: Readonly<Record<string, Colour>>;
}

/** A check that does not answer within this time counts as down. */
const CHECK_TIMEOUT_MS = 2000;
/** The route is open to everyone: however often it is asked, the checks run at most this often. */
const REPORT_LIFE_MS = 250;

/** Collects what a service depends on; red before the start is complete and from the first stop signal on. */
export class Readiness {
  private readonly checks = new Map<string, ReadinessCheck>();
  private readonly down = new Set<string>();
  private inHand: Promise<ReadonlyMap<string, Colour>> | undefined;
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
    const results = await this.runChecks();
    const colours = new Set(results.values());
    const isReady = phase === 'running' && !colours.has('down');
    const status = !isReady ? 'not-ready' : colours.has('degraded') ? 'degraded' : 'ready';
    return { status, phase, checks: Object.fromEntries(results) };
  }

  private async runChecks(): Promise<ReadonlyMap<string, Colour>> {
    const nowMs = performance.now();
    if (this.inHand === undefined || nowMs - this.ranAtMs > REPORT_LIFE_MS) {
      this.ranAtMs = nowMs;
      this.inHand = Promise.all(
        [...this.checks].map(async ([name, check]) => [name, await this.runCheck(name, check)] as const),
      ).then((entries) => new Map(entries));
    }
    return this.inHand;
  }

  private async runCheck(name: string, check: ReadinessCheck): Promise<Colour> {
    let timer: NodeJS.Timeout | undefined;
    try {
      const failed = await Promise.race([
        Promise.resolve().then(check),
        new Promise<never>((_resolve, reject) => {
          timer = setTimeout(
            () => reject(new KnownError('INTERNAL', { detail: 'The check timed out' })),
            CHECK_TIMEOUT_MS,
          );
        }),
      ]);
      if (this.down.delete(name)) {
        this.log.info('A readiness check is up again', { check: name });
      }
      return failed === undefined || failed.length === 0 ? 'up' : 'degraded';
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
