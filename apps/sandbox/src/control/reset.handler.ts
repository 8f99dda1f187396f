import { Injectable } from '@nestjs/common';
import { DueWorkRegistry } from '../clock/due-work.service.ts';
import { VirtualClock } from '../clock/virtual-clock.service.ts';
import { FaultPlan } from '../faults/fault-plan.service.ts';
import { SandboxStore } from '../store/sandbox.store.ts';
import { AdvanceClockHandler } from './advance-clock.handler.ts';
import type { Reset, ResetView } from './reset.schema.ts';

/**
 * Begins anew: no session, attempt, payment, webhook, fault or journal entry is left, the configured signing secret
 * counts, and the clock shows the machine's time. Only the names of the account stay, and numbers that were given once
 * are not given again.
 */
@Injectable()
export class ResetHandler {
  constructor(
    private readonly store: SandboxStore,
    private readonly faults: FaultPlan,
    private readonly dueWork: DueWorkRegistry,
    private readonly clock: VirtualClock,
    private readonly advanceClock: AdvanceClockHandler,
  ) {}

  async handle({ seed }: Reset): Promise<ResetView> {
    await this.dueWork.alone(async () => {
      await this.store.transaction(() => {
        this.store.deleteEverything();
        this.faults.writeSeed(seed);
      });
      this.faults.startOver(seed);
      await this.clock.moveBack();
    });
    return { ...this.advanceClock.find(), seed };
  }
}
