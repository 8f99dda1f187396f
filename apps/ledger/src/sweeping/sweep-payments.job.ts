import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Log } from '@tollgate/platform';
import { setTimeout as delay } from 'node:timers/promises';
import { SWEEP_SETTINGS, type SweepSettings } from '../ledger.config.ts';
import { ListRecentPaymentsHandler } from './list-recent-payments.handler.ts';
import { ReadPaymentsHandler } from './read-payments.handler.ts';

/** Merchants whose lists are gone through at the same time: one that hangs holds up only its own place. */
const LISTS_AT_ONCE = 3;

/** Reads back, again and again, what webhooks may have missed. Any number of instances may run it. */
@Injectable()
export class SweepPaymentsJob implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly stopping = new AbortController();
  private tasks: Array<Promise<void>> = [];

  constructor(
    private readonly readPayments: ReadPaymentsHandler,
    private readonly listRecent: ListRecentPaymentsHandler,
    private readonly log: Log,
    @Inject(SWEEP_SETTINGS) private readonly settings: SweepSettings,
  ) {}

  onApplicationBootstrap(): void {
    const { signal } = this.stopping;
    this.tasks = [
      this.repeat(() => this.readPayments.handle(signal).then(() => false)),
      ...Array.from({ length: LISTS_AT_ONCE }, () => this.repeat(() => this.listRecent.handle(signal))),
    ];
  }

  /** Cuts calls under way: a lease that is not ended in time runs out by itself. */
  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.tasks);
    await this.readPayments.handle(this.stopping.signal);
  }

  /** @param task resolves to whether there is more to do at once */
  private async repeat(task: () => Promise<boolean>): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const hasMore = await task().catch((error: unknown) => {
        this.log.error('The sweeper was interrupted; it goes on in a moment', { error });
        return false;
      });
      if (!hasMore) await delay(this.settings.pollMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
