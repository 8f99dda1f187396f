import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Transaction } from '@tollgate/persistence';
import { Metrics, Readiness } from '@tollgate/platform';
import { DatabaseClock } from '../clock/database-clock.service.ts';
import type { Reading } from '../clock/stopwatch.policy.ts';
import { CallSettings } from '../gateway.config.ts';
import { KillSwitchRepository } from './kill-switch.repository.ts';

interface Copy {
  readonly all: boolean;
  readonly merchants: ReadonlySet<string>;
  /** Read before the database was asked: the copy is at least as new. */
  readonly askedAt: Reading;
}

/**
 * Whether approves are stopped, asked directly before each one is sent. Every process works with a copy that is read
 * again all the time; a copy that is too old stops everything, so a stop holds everywhere once that age has passed.
 */
@Injectable()
export class KillSwitch implements OnModuleInit {
  #copy: Copy | undefined;

  constructor(
    private readonly switches: KillSwitchRepository,
    private readonly clock: DatabaseClock,
    private readonly settings: CallSettings,
    readiness: Readiness,
    metrics: Metrics,
  ) {
    readiness.register('kill-switch', () => this.#assertNotAllStopped());
    const copy = () => this.#copy;
    metrics.gauge({
      name: 'gateway_kill_switch_on',
      help: 'Kill switches that are on: 1 for all merchants, else how many merchants',
      labelNames: ['scope'],
      collect() {
        this.set({ scope: 'all' }, copy()?.all === true ? 1 : 0);
        this.set({ scope: 'merchant' }, copy()?.merchants.size ?? 0);
      },
    });
  }

  async onModuleInit(): Promise<void> {
    await this.refresh();
  }

  /**
   * @param tx the transaction of whoever holds one
   * @throws KnownError DATABASE_UNAVAILABLE, DATABASE_CONFLICT
   */
  async refresh(tx?: Pick<Transaction, 'query'>): Promise<void> {
    const askedAt = this.clock.read();
    const stops = await this.switches.list(tx);
    const merchants = stops.flatMap(({ merchantId }) => (merchantId === null ? [] : [merchantId]));
    this.#copy = { all: merchants.length < stops.length, merchants: new Set(merchants), askedAt };
  }

  /** True if no approve of this merchant may start now. */
  stops(merchantId: string): boolean {
    const copy = this.#copy;
    if (copy === undefined || this.clock.elapsedMs(copy.askedAt) > this.settings.killSwitchCopyMsMax) {
      return true;
    }
    return copy.all || copy.merchants.has(merchantId);
  }

  /** A stop of one merchant is no matter of readiness: the others' approves go on. */
  #assertNotAllStopped(): void {
    if (this.#copy?.all === true) {
      throw new Error('Approves of all merchants are stopped');
    }
  }
}
