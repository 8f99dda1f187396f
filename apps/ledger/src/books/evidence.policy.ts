import type { PaymentDispute, PaymentSnapshot } from '@tollgate/contracts';
import { toDisputeFacts, toFacts, type PaymentFacts } from './facts.policy.ts';
import { toInstantUs } from './instant.policy.ts';

/** One distinct thing that was said about a payment: its state, or a dispute's. */
export type Evidence = PaymentEvidence | DisputeEvidence;

/** What a delivery or a read said about the payment. */
export interface PaymentEvidence extends EvidenceReceipt {
  readonly snapshot: PaymentSnapshot;
}

/** What a delivery said about a dispute of the payment. */
export interface DisputeEvidence extends EvidenceReceipt {
  readonly dispute: PaymentDispute;
}

interface EvidenceReceipt {
  readonly evidenceId: string;
  readonly receivedAtUs: bigint;
}

/** What a piece of evidence says, to be merged with the rest. */
export function toEvidenceFacts(evidence: Evidence): PaymentFacts {
  return 'dispute' in evidence ? toDisputeFacts(evidence.dispute) : toFacts(evidence.snapshot);
}

/**
 * When evidence became true: the snapshot's own time, else the payment's creation; when the provider had the dispute's
 * news; else our receipt.
 */
export function toEffectiveAtUs(evidence: Evidence): bigint {
  if ('dispute' in evidence) return toInstantUs(evidence.dispute.receivedAt) ?? evidence.receivedAtUs;
  const { dateUpdated, date } = evidence.snapshot;
  return toInstantUs(dateUpdated) ?? toInstantUs(date) ?? evidence.receivedAtUs;
}
