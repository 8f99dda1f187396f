import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { runWithTraceparent } from '@tollgate/platform';
import type { Reading } from '../clock/stopwatch.policy.ts';
import { CarryOutCommandHandler } from './carry-out-command.handler.ts';
import { CommandLanes } from './command-lanes.service.ts';
import { CommandBell, CommandLeases } from './command-leases.service.ts';
import type { Command } from './command.types.ts';

/** How long a stop waits for calls under way; the whole stop takes ten seconds at most. Milliseconds. */
const STOP_WAIT_MS = 3_000;

/** Carries leased commands out, right after the commit of their leases. */
@Injectable()
export class CommandDispatcher implements OnModuleDestroy {
  readonly #underWay = new Set<Promise<void>>();

  constructor(
    private readonly lanes: CommandLanes,
    private readonly leases: CommandLeases,
    private readonly carryOutCommand: CarryOutCommandHandler,
    private readonly bell: CommandBell,
  ) {}

  /** @param askedAt read before the statement that wrote the leases */
  dispatch(commands: readonly Command[], askedAt: Reading): void {
    for (const leased of commands) {
      this.leases.add(leased, askedAt);
      this.lanes.enter(leased.merchantId);
      const done = this.#run(leased).finally(() => this.#underWay.delete(done));
      this.#underWay.add(done);
    }
  }

  /** Calls under way get some time to end. What is cut off is fenced by its lease. */
  async onModuleDestroy(): Promise<void> {
    await Promise.race([Promise.allSettled(this.#underWay), pause(STOP_WAIT_MS, undefined, { ref: false })]);
  }

  async #run(leased: Command): Promise<void> {
    const wasFull = this.lanes.room(leased.merchantId) === 0;
    await runWithTraceparent(leased.traceparent ?? undefined, () => this.carryOutCommand.carryOut(leased));
    this.lanes.leave(leased.merchantId);
    if (wasFull) {
      this.bell.ringIn(0);
    }
  }
}
