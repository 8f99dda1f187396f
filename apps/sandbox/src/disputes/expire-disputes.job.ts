import { Injectable } from '@nestjs/common';
import { Clock } from '../clock/clock.service.ts';
import { DueBatches } from '../clock/due-batches.service.ts';
import { DueWorkRegistry } from '../clock/due-work.service.ts';
import { SandboxStore } from '../store/sandbox.store.ts';
import { moveDispute } from './dispute.policy.ts';
import { DisputeRepository } from './dispute.repository.ts';
import { DisputeTeller } from './tell-dispute.service.ts';

/** Lets open disputes expire that nobody has challenged in time. */
@Injectable()
export class ExpireDisputesJob {
  constructor(
    store: SandboxStore,
    clock: Clock,
    registry: DueWorkRegistry,
    disputes: DisputeRepository,
    private readonly teller: DisputeTeller,
  ) {
    const doDue = (byMicros: number, limit: number): number => {
      const overdue = disputes.listOverdue(byMicros, limit);
      for (const dispute of overdue) {
        const expired = moveDispute(dispute, { status: 'EXPIRED' }, clock.nowMicros());
        if (expired) this.teller.tellMoved(expired);
      }
      return overdue.length;
    };
    const findNextDueMicros = disputes.findNextDueMicros.bind(disputes);
    registry.register(new DueBatches(store, clock, { findNextDueMicros, doDue }));
  }
}
