import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Log } from '@tollgate/platform';
import { CommandBell } from './command-leases.service.ts';
import { LeaseCommandsHandler } from './lease-commands.handler.ts';

/** Leases due commands when the bell rings, and every poll interval for what another, dead process has left. */
@Injectable()
export class LeaseCommandsJob implements OnApplicationBootstrap {
  constructor(
    private readonly leaseCommands: LeaseCommandsHandler,
    private readonly bell: CommandBell,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.bell.answerWith((stopping) => this.#run(stopping));
  }

  async #run(stopping: AbortSignal): Promise<void> {
    try {
      let more = true;
      while (more && !stopping.aborted) {
        more = await this.leaseCommands.leaseSome();
      }
    } catch (error) {
      this.log.warn('Due payment commands could not be leased, another try follows', { error });
    }
  }
}
