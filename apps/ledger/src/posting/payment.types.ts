import type { PaymentSnapshot } from '@tollgate/contracts';
import type { DisputeEvidence, PaymentEvidence } from '../books/evidence.policy.ts';
import type { AttemptLink, PaymentFacts } from '../books/facts.policy.ts';
import type { PaymentFlag } from '../books/flag.policy.ts';
import type { Position } from '../books/posting.types.ts';

/** A payment is known by its merchant and the provider's id. */
export interface PaymentKey {
  readonly merchantId: string;
  readonly paymentId: string;
}

/** The key as one text, for maps. */
export function toKeyText({ merchantId, paymentId }: PaymentKey): string {
  return JSON.stringify([merchantId, paymentId]);
}

/** Evidence about to be kept. */
export interface ReportedEvidence extends PaymentKey {
  readonly dedupKey: string;
  readonly evidenceId: string;
  readonly origin: 'webhook' | 'read';
  readonly reportedAs: string;
  readonly receivedAtUs: bigint;
  readonly effectiveAtUs: bigint;
  readonly snapshot: PaymentSnapshot;
}

/** Evidence that was kept because it said something new. */
export interface KeptEvidence extends PaymentKey {
  readonly evidenceId: string;
}

/** A payment about whose disputes something new was said. */
export interface DisputedPayment extends PaymentKey {
  readonly evidenceIds: readonly string[];
}

/** A payment whose row is locked until the transaction ends. */
export interface LockedPayment extends PaymentKey {
  /** Its row was made by this transaction, from what was said of it before its evidence was read. */
  readonly isNew: boolean;
  /** There are disputes about it. */
  readonly isDisputed: boolean;
  readonly attempt: AttemptLink | undefined;
}

/** Evidence of a payment's state as stored. */
export interface StoredEvidence extends PaymentEvidence, PaymentKey {
  readonly origin: 'webhook' | 'read';
}

/** Evidence of a dispute as stored, with the payment that the dispute is about. */
export interface StoredDisputeEvidence extends DisputeEvidence, PaymentKey {}

/** What a payment's evidence amounts to, as its row shows it. */
export interface PaymentState extends PaymentKey {
  readonly facts: PaymentFacts;
  readonly effectiveAtUs: bigint | undefined;
  readonly flags: readonly PaymentFlag[];
  readonly position: Position;
}
