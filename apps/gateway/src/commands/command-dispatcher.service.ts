import { Injectable } from '@nestjs/common';
import { runWithTraceparent } from '@tollgate/platform';
import { Dispatcher } from '../calls/dispatcher.service.ts';
import { CarryOutCommandHandler } from './carry-out-command.handler.ts';
import { CommandLanes } from './command-lanes.service.ts';
import { CommandBell, CommandLeases } from './command-leases.service.ts';
import type { Command } from './command.types.ts';

/** Carries leased commands out, each counted in its merchant's room. */
@Injectable()
export class CommandDispatcher extends Dispatcher<Command> {
  constructor(
    private readonly lanes: CommandLanes,
    leases: CommandLeases,
    private readonly carryOutCommand: CarryOutCommandHandler,
    private readonly bell: CommandBell,
  ) {
    super(leases);
  }

  protected async carryOut(leased: Command): Promise<void> {
    const { merchantId, traceparent } = leased;
    this.lanes.enter(merchantId);
    const wasFull = this.lanes.room(merchantId) === 0;
    await runWithTraceparent(traceparent ?? undefined, () => this.carryOutCommand.carryOut(leased));
    this.lanes.leave(merchantId);
    if (wasFull) {
      this.bell.ringIn(0);
    }
  }
}
