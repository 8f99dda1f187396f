import { Injectable } from '@nestjs/common';
import { Clock } from '../clock/clock.service.ts';
import { type DueWork, DueWorkRegistry } from '../clock/due-work.service.ts';
import { SandboxStore } from '../store/sandbox.store.ts';
import { moveDispute } from './dispute.policy.ts';
import { DisputeRepository } from './dispute.repository.ts';
import { DisputeTeller } from './tell-dispute.service.ts';

const MAX_DISPUTES_PER_COMMIT = 100;

/** Lets open disputes expire that nobody has challenged in time. */
@Injectable()
export class ExpireDisputesJob implements DueWork {
  constructor(
    private readonly store: SandboxStore,
    private readonly disputes: DisputeRepository,
    private readonly teller: DisputeTeller,
    private readonly clock: Clock,
    registry: DueWorkRegistry,
  ) {
    registry.register(this);
  }

  nextDueMicros(): number | undefined {
    return this.disputes.findNextDueMicros();
  }

  async runDue(): Promise<void> {
    let expired = MAX_DISPUTES_PER_COMMIT;
    while (expired === MAX_DISPUTES_PER_COMMIT) expired = await this.store.transaction(() => this.expireOverdue());
  }

  private expireOverdue(): number {
    const nowMicros = this.clock.nowMicros();
    const overdue = this.disputes.listOverdue(nowMicros, MAX_DISPUTES_PER_COMMIT);
    for (const dispute of overdue) {
      const expired = moveDispute(dispute, { status: 'EXPIRED' }, nowMicros);
      if (expired) this.teller.tellMoved(expired);
    }
    return overdue.length;
  }
}
