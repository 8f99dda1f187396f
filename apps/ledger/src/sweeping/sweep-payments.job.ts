import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Log } from '@tollgate/platform';
import { setTimeout as delay } from 'node:timers/promises';
import { SWEEP_SETTINGS, type SweepSettings } from '../ledger.config.ts';
import { ListRecentPaymentsHandler } from './list-recent-payments.handler.ts';
import { ReadPaymentsHandler } from './read-payments.handler.ts';

/** Reads back, round after round, what webhooks may have missed. Any number of instances may run it. */
@Injectable()
export class SweepPaymentsJob implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly stopping = new AbortController();
  private rounds: Array<Promise<void>> = [];

  constructor(
    private readonly readPayments: ReadPaymentsHandler,
    private readonly listRecent: ListRecentPaymentsHandler,
    private readonly log: Log,
    @Inject(SWEEP_SETTINGS) private readonly settings: SweepSettings,
  ) {}

  onApplicationBootstrap(): void {
    const { signal } = this.stopping;
    this.rounds = [
      this.repeat(async () => (await this.readPayments.handle(signal)) === this.settings.concurrency),
      this.repeat(() => this.listRecent.handle(signal)),
    ];
  }

  /** Cuts calls under way: a lease that is not ended in time runs out by itself. */
  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.rounds);
  }

  /** @param round resolves to whether there is more to do at once */
  private async repeat(round: () => Promise<boolean>): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const hasMore = await round().catch((error: unknown) => {
        this.log.error('A round of the sweeper failed; the next one follows', { error });
        return false;
      });
      if (!hasMore) await delay(this.settings.pollMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
