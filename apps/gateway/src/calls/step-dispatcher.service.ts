import { Injectable } from '@nestjs/common';
import { runWithTraceparent } from '@tollgate/platform';
import { CarryOutStepHandler } from './carry-out-step.handler.ts';
import { Dispatcher } from './dispatcher.service.ts';
import { DueBell } from './due-bell.service.ts';
import { type LeasedStep, Leases } from './leases.service.ts';
import { MerchantLanes, toTraffic } from './merchant-lanes.service.ts';

/** Hands leased steps over to their merchants' lanes. */
@Injectable()
export class StepDispatcher extends Dispatcher<LeasedStep> {
  /** Merchants with due actions that found no room: their next free slot rings the bell. */
  readonly #waiting = new Set<string>();

  constructor(
    private readonly lanes: MerchantLanes,
    leases: Leases,
    private readonly carryOutStep: CarryOutStepHandler,
    private readonly bell: DueBell,
  ) {
    super(leases);
  }

  /** Actions of this merchant wait in the table for room. */
  noteWaiting(merchantId: string): void {
    this.#waiting.add(merchantId);
  }

  protected async carryOut(leased: LeasedStep): Promise<void> {
    const { merchantId, traceparent } = leased.action;
    await this.lanes.run(merchantId, toTraffic(leased.step), () =>
      runWithTraceparent(traceparent ?? undefined, () => this.carryOutStep.carryOut(leased)),
    );
    if (this.#waiting.has(merchantId) && this.lanes.room(merchantId, 'search') > 0) {
      this.#waiting.delete(merchantId);
      this.bell.ringIn(0);
    }
  }
}
