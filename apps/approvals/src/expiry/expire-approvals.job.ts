import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DueLoop, Log, repeatWhileMore } from '@tollgate/platform';
import { ExpireApprovalsHandler } from './expire-approvals.handler.ts';

/** Ends approvals when their time is over. */
@Injectable()
export class ExpireApprovalsJob implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #loop: DueLoop;

  constructor(handler: ExpireApprovalsHandler, log: Log) {
    this.#loop = new DueLoop({
      round: async (stopping) => {
        await repeatWhileMore(stopping, () => handler.expireOverdue());
        return handler.findNextDelayMs();
      },
      log: log.for('Expiry'),
      failure: 'Approvals whose time is over could not be ended, trying again',
    });
  }

  onApplicationBootstrap(): void {
    this.#loop.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.#loop.stop();
  }
}
