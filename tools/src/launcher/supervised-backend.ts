import { setTimeout as delay } from 'node:timers/promises';

import type { RunningBackend } from '@tollgate/backends';

import { restartPauseMs } from './restart.policy.ts';

/** Starts a backend of ours again whenever it dies; the services reconnect by themselves. */
export class SupervisedBackend {
  private readonly deathsAtMs: number[] = [];
  private isStopping = false;

  constructor(
    private readonly name: string,
    private readonly server: RunningBackend,
    private readonly say: (line: string) => void,
  ) {
    server.onUnexpectedExit(() => void this.restart());
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    await this.server.stop();
  }

  async kill(): Promise<void> {
    this.isStopping = true;
    await this.server.kill9();
  }

  private async restart(): Promise<void> {
    this.deathsAtMs.push(Date.now());
    const pauseMs = restartPauseMs(this.deathsAtMs);
    this.say(`! ${this.name} died; started again ${pauseMs === 0 ? 'at once' : `in ${pauseMs / 1000} s`}`);
    await delay(pauseMs);
    if (this.isStopping) return;
    try {
      await this.server.restart();
      this.say(`✓ ${this.name} is ready again`);
    } catch (error) {
      this.say(`! ${(error as Error).message}`);
      if (!this.isStopping) await this.restart();
    }
  }
}
