import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../clock/clock.service.ts';
import { DueWorkRegistry } from '../clock/due-work.service.ts';
import { PaymentRepository } from '../payments/payment.repository.ts';
import { SandboxStore } from '../store/sandbox.store.ts';
import { moveDispute, openDispute } from './dispute.policy.ts';
import { DisputeRepository } from './dispute.repository.ts';
import type { DisputeQuery, MoveDispute, OpenDispute } from './dispute.schema.ts';
import type { Dispute } from './dispute.types.ts';
import { DisputeTeller } from './tell-dispute.service.ts';

/** Why nothing was opened or moved: there is no such thing, or it cannot be now. */
export type DisputeRefusal = 'NOT_FOUND' | 'NOT_POSSIBLE';

/** Plays the shopper's bank: opens disputes and decides them. */
@Injectable()
export class LeadDisputeHandler {
  constructor(
    private readonly store: SandboxStore,
    private readonly payments: PaymentRepository,
    private readonly disputes: DisputeRepository,
    private readonly teller: DisputeTeller,
    private readonly dueWork: DueWorkRegistry,
    private readonly clock: Clock,
  ) {}

  async open(wish: OpenDispute): Promise<Dispute | DisputeRefusal> {
    const opened = await this.store.transaction(() => {
      const payment = this.payments.find(wish.paymentId);
      if (!payment) return 'NOT_FOUND';
      const made = { id: `dispute-${randomUUID()}`, nowMicros: this.clock.nowMicros() };
      const dispute = openDispute(payment, wish, made);
      if (!dispute) return 'NOT_POSSIBLE';
      this.teller.tellOpened(dispute);
      return dispute;
    });
    this.dueWork.nudge();
    return opened;
  }

  async move(id: string, to: MoveDispute): Promise<Dispute | DisputeRefusal> {
    const moved = await this.store.transaction(() => {
      const dispute = this.disputes.find(id);
      if (!dispute) return 'NOT_FOUND';
      const after = moveDispute(dispute, to, this.clock.nowMicros());
      if (!after) return 'NOT_POSSIBLE';
      this.teller.tellMoved(after);
      return after;
    });
    this.dueWork.nudge();
    return moved;
  }

  /** Disputes, oldest first. */
  list({ paymentId, limit }: DisputeQuery): Dispute[] {
    return this.disputes.list({ paymentId, limit });
  }
}
