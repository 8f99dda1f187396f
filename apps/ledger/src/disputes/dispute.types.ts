import type { PaymentDispute } from '@tollgate/contracts';
import type { DisputeEvidence } from '../books/evidence.policy.ts';
import type { DisputeFacts } from '../books/dispute.policy.ts';

/** A dispute is known by its merchant, its processor and that processor's id of it. */
export interface DisputeKey {
  readonly merchantId: string;
  readonly processor: string;
  readonly processorDisputeId: string;
}

/** The key as one text, for maps. */
export function toDisputeKeyText({ merchantId, processor, processorDisputeId }: DisputeKey): string {
  return JSON.stringify([merchantId, processor, processorDisputeId]);
}

/** A report of a dispute about to be kept. */
export interface ReportedDispute extends DisputeKey {
  readonly dedupKey: string;
  readonly evidenceId: string;
  readonly reportedAs: string;
  readonly receivedAtUs: bigint;
  readonly dispute: PaymentDispute;
}

/** A report that was kept because it said something new. */
export interface KeptReport extends DisputeKey {
  readonly evidenceId: string;
}

/** A dispute whose row is locked until the transaction ends. */
export interface LockedDispute extends DisputeKey {
  /** The payment that it was about until now. */
  readonly paymentId: string | undefined;
}

/** A report as stored. */
export interface StoredReport extends DisputeKey, DisputeEvidence {}

/** What all reports of a dispute amount to, as its row shows it. */
export interface DisputeState extends DisputeKey {
  readonly facts: DisputeFacts;
}
