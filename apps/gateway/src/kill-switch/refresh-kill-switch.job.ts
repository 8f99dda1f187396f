import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Log } from '@tollgate/platform';
import { CallSettings } from '../gateway.config.ts';
import { KillSwitch } from './kill-switch.service.ts';

/** Keeps this process's copy of the kill switches young. */
@Injectable()
export class RefreshKillSwitchJob implements OnModuleInit, OnApplicationShutdown {
  #timer: NodeJS.Timeout | undefined;
  #running = false;

  constructor(
    private readonly killSwitch: KillSwitch,
    private readonly settings: CallSettings,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.#timer = setInterval(() => void this.#refresh(), this.settings.duePollMs);
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  async #refresh(): Promise<void> {
    if (this.#running) {
      return;
    }
    this.#running = true;
    try {
      await this.killSwitch.refresh();
    } catch (error) {
      this.log.warn('The kill switch could not be read, another try follows', { error });
    } finally {
      this.#running = false;
    }
  }
}
