import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { runWithTraceparent } from '@tollgate/platform';
import type { Reading } from '../clock/stopwatch.policy.ts';
import { CarryOutStepHandler } from './carry-out-step.handler.ts';
import { DueBell } from './due-bell.service.ts';
import { type LeasedStep, Leases } from './leases.service.ts';
import { MerchantLanes } from './merchant-lanes.service.ts';

/** How long a stop waits for calls under way; the whole stop takes ten seconds at most. Milliseconds. */
const STOP_WAIT_MS = 3_000;

/** Hands leased steps over to their merchants' lanes, right after the commit of their leases. */
@Injectable()
export class StepDispatcher implements OnModuleDestroy {
  readonly #underWay = new Set<Promise<void>>();
  /** Merchants with due actions that found no room: their next free slot rings the bell. */
  readonly #waiting = new Set<string>();

  constructor(
    private readonly lanes: MerchantLanes,
    private readonly leases: Leases,
    private readonly carryOutStep: CarryOutStepHandler,
    private readonly bell: DueBell,
  ) {}

  /** @param askedAt read before the statement that wrote the leases */
  dispatch(steps: readonly LeasedStep[], askedAt: Reading): void {
    for (const leased of steps) {
      this.leases.add(leased, askedAt);
      const done = this.#run(leased).finally(() => this.#underWay.delete(done));
      this.#underWay.add(done);
    }
  }

  /** Actions of this merchant wait in the table for room. */
  noteWaiting(merchantId: string): void {
    this.#waiting.add(merchantId);
  }

  /** Calls under way get some time to end; nothing new is leased by then. What is cut off is fenced by its lease. */
  async onModuleDestroy(): Promise<void> {
    await Promise.race([Promise.allSettled(this.#underWay), pause(STOP_WAIT_MS, undefined, { ref: false })]);
  }

  async #run(leased: LeasedStep): Promise<void> {
    const { merchantId, traceparent } = leased.action;
    await this.lanes.run(merchantId, () =>
      runWithTraceparent(traceparent ?? undefined, () => this.carryOutStep.carryOut(leased)),
    );
    if (this.#waiting.has(merchantId) && this.lanes.room(merchantId) > 0) {
      this.#waiting.delete(merchantId);
      this.bell.ringIn(0);
    }
  }
}
