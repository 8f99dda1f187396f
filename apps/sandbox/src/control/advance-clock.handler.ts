import { Injectable } from '@nestjs/common';
import { toPrimerDate } from '../clock/date.policy.ts';
import { DueWorkRegistry } from '../clock/due-work.service.ts';
import { MICROS_PER_MILLISECOND } from '../clock/micros.policy.ts';
import { VirtualClock } from '../clock/virtual-clock.service.ts';
import type { AdvanceClock, ClockView } from './clock.schema.ts';

/** Lets time pass: attempts expire, captures settle, webhooks are tried again, and all of that is done at the answer. */
@Injectable()
export class AdvanceClockHandler {
  constructor(
    private readonly dueWork: DueWorkRegistry,
    private readonly clock: VirtualClock,
  ) {}

  async handle({ advanceMs }: AdvanceClock): Promise<ClockView> {
    await this.dueWork.advance(advanceMs * MICROS_PER_MILLISECOND);
    return this.find();
  }

  /** What the clock says now. */
  find(): ClockView {
    return {
      now: toPrimerDate(this.clock.nowMicros()),
      aheadMs: Math.round(this.clock.aheadMicros / MICROS_PER_MILLISECOND),
    };
  }
}
