import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Log } from '@tollgate/platform';
import { CallSettings } from '../gateway.config.ts';
import { CloseKeyIncidentsHandler } from './close-key-incidents.handler.ts';

/** Closes at intervals what refused keys were about that work again, off the path of the calls that show it. */
@Injectable()
export class CloseKeyIncidentsJob implements OnApplicationBootstrap, OnModuleDestroy {
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;

  constructor(
    private readonly closeKeyIncidents: CloseKeyIncidentsHandler,
    private readonly settings: CallSettings,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => {
      this.#running ??= this.#run().finally(() => (this.#running = undefined));
    }, this.settings.actions.keyPauseMs);
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  async #run(): Promise<void> {
    try {
      await this.closeKeyIncidents.closeRestored();
    } catch (error) {
      this.log.warn('Incidents of refused keys could not be looked at, another try follows', { error });
    }
  }
}
