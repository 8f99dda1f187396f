import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Log } from '@tollgate/platform';
import { DatabaseClock } from '../clock/database-clock.service.ts';
import { DueBell } from './due-bell.service.ts';
import { LeaseDueActionsHandler } from './lease-due-actions.handler.ts';

/** Leases what is due: when the bell rings, and every poll interval for what another, dead process has left. */
@Injectable()
export class LeaseDueActionsJob implements OnApplicationBootstrap {
  constructor(
    private readonly leaseDueActions: LeaseDueActionsHandler,
    private readonly clock: DatabaseClock,
    private readonly bell: DueBell,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.bell.answerWith((stopping) => this.#run(stopping));
  }

  async #run(stopping: AbortSignal): Promise<void> {
    try {
      await this.clock.refresh();
      let more = true;
      while (more && !stopping.aborted) {
        more = await this.leaseDueActions.leaseSome();
      }
    } catch (error) {
      this.log.warn('Due actions could not be leased, another try follows', { error });
    }
  }
}
