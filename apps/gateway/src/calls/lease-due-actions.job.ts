import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Log } from '@tollgate/platform';
import { DatabaseClock } from '../clock/database-clock.service.ts';
import { CallSettings } from '../gateway.config.ts';
import { DueBell } from './due-bell.service.ts';
import { LeaseDueActionsHandler } from './lease-due-actions.handler.ts';

/** Leases what is due: when the bell rings, and every poll interval for what another, dead process has left. */
@Injectable()
export class LeaseDueActionsJob implements OnApplicationBootstrap, OnModuleDestroy {
  #running: Promise<void> | undefined;
  #rangMeanwhile = false;
  #stopped = false;

  constructor(
    private readonly leaseDueActions: LeaseDueActionsHandler,
    private readonly clock: DatabaseClock,
    private readonly bell: DueBell,
    private readonly settings: CallSettings,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.bell.listen(() => this.#ring());
    this.bell.ringIn(0);
  }

  async onModuleDestroy(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  #ring(): void {
    if (this.#running !== undefined || this.#stopped) {
      this.#rangMeanwhile = true;
      return;
    }
    this.#rangMeanwhile = false;
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
      if (!this.#stopped) {
        this.bell.ringIn(this.#rangMeanwhile ? 0 : this.settings.duePollMs);
      }
    });
  }

  async #run(): Promise<void> {
    try {
      await this.clock.refresh();
      let more = true;
      while (more && !this.#stopped) {
        more = await this.leaseDueActions.leaseSome();
      }
    } catch (error) {
      this.log.warn('Due actions could not be leased, another try follows', { error });
    }
  }
}
