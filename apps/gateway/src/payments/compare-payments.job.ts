import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Log } from '@tollgate/platform';
import { CallSettings } from '../gateway.config.ts';
import { ComparePaymentsHandler } from './compare-payments.handler.ts';

/**
 * Compares at intervals, off the hot path: the approval and the first report of a payment commit in either order, or
 * at the same time unseen by each other.
 */
@Injectable()
export class ComparePaymentsJob implements OnApplicationBootstrap, OnModuleDestroy {
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;

  constructor(
    private readonly comparePayments: ComparePaymentsHandler,
    private readonly settings: CallSettings,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => {
      this.#running ??= this.#run().finally(() => (this.#running = undefined));
    }, this.settings.duePollMs);
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  async #run(): Promise<void> {
    try {
      let compared = 1;
      while (compared > 0) {
        compared = await this.comparePayments.compareSome();
      }
    } catch (error) {
      this.log.warn('Payments could not be compared, another try follows', { error });
    }
  }
}
