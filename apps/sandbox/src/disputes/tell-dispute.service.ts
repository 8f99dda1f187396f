import { Injectable } from '@nestjs/common';
import { JournalRepository } from '../journal/journal.repository.ts';
import { WebhookQueue } from '../webhooks/webhook-queue.service.ts';
import { DisputeRepository } from './dispute.repository.ts';
import type { Dispute } from './dispute.types.ts';

/** Records where a dispute stands, in the journal and for the merchant. Belongs into a transaction. */
@Injectable()
export class DisputeTeller {
  constructor(
    private readonly disputes: DisputeRepository,
    private readonly journal: JournalRepository,
    private readonly webhooks: WebhookQueue,
  ) {}

  /** A new dispute: DISPUTE.OPENED, and DISPUTE.STATUS with what the first does not say. */
  tellOpened(dispute: Dispute): void {
    this.record('DISPUTE_OPENED', dispute);
    this.webhooks.addDispute('DISPUTE.OPENED', dispute, dispute.receivedAtMicros);
    this.webhooks.addDispute('DISPUTE.STATUS', dispute, dispute.receivedAtMicros);
  }

  /** A dispute in another status or stage: DISPUTE.STATUS. */
  tellMoved(dispute: Dispute): void {
    this.record('DISPUTE_MOVED', dispute);
    this.webhooks.addDispute('DISPUTE.STATUS', dispute, dispute.receivedAtMicros);
  }

  private record(name: string, dispute: Dispute): void {
    const { id: disputeId, type, status, amount, currencyCode, attemptId, paymentId } = dispute;
    this.disputes.save(dispute);
    this.journal.append({
      kind: 'EFFECT',
      name,
      attemptId,
      paymentId,
      facts: { disputeId, type, status, amount, currencyCode },
    });
  }
}
