import type { PaymentSnapshot } from '@tollgate/contracts';
import type { AuthorizedFrom } from '../books/facts.policy.ts';
import type { Layer } from '../books/posting.types.ts';

/** A row of `payments`; amounts are decimal strings of minor units. */
export interface PaymentRow {
  readonly merchant_id: string;
  readonly payment_id: string;
  readonly heard_order: bigint;
  readonly first_heard_at_us: bigint;
  readonly effective_at_us: bigint;
  readonly status: string;
  readonly order_id: string | null;
  readonly currency: string | null;
  readonly processor_name: string | null;
  readonly authorized_minor: string;
  readonly authorized_from: AuthorizedFrom;
  readonly captured_minor: string;
  readonly refunded_minor: string;
  readonly is_final: boolean;
  readonly flags: string[];
  readonly position: Array<{ account: string; currency: string; layer: Layer; amountMinor: string }>;
  readonly position_version: number;
  readonly attempt_id: string | null;
  readonly decided_order_id: string | null;
  readonly decided_minor: string | null;
  readonly decided_currency: string | null;
}

/** The same with its timetable of reads. */
export interface PaymentDetailRow extends PaymentRow {
  readonly next_read_at_us: bigint | null;
  readonly last_read_at_us: bigint | null;
}

/** A row of `evidence`. */
export interface EvidenceRow {
  readonly evidence_id: string;
  readonly origin: 'webhook' | 'read';
  readonly reported_as: string;
  readonly snapshot: PaymentSnapshot;
  readonly effective_at_us: bigint;
  readonly received_at_us: bigint;
}

/** A row of `disputes`; the currency is the payment's where the dispute names none. */
export interface DisputeRow {
  readonly merchant_id: string;
  readonly processor: string;
  readonly dispute_id: string;
  readonly dispute_order: bigint;
  readonly payment_id: string | null;
  readonly transaction_id: string | null;
  readonly order_id: string | null;
  readonly type: string | null;
  readonly status: string;
  readonly is_open: boolean;
  readonly amount_minor: string | null;
  readonly currency: string | null;
  readonly reason: string | null;
  readonly reason_code: string | null;
  readonly processor_reason: string | null;
  readonly is_payment_known: boolean;
  readonly received_at_us: bigint | null;
  readonly challenge_required_by_us: bigint | null;
  readonly first_heard_at_us: bigint;
}

/** A row of `operation_failures`. */
export interface OperationFailureRow {
  readonly delivery_id: string;
  readonly reported_as: string;
  readonly requested_minor: string | null;
  readonly received_at_us: bigint;
}

/** What is known about one payment. */
export interface PaymentDetails {
  readonly payment: PaymentDetailRow;
  readonly evidence: readonly EvidenceRow[];
  readonly disputes: readonly DisputeRow[];
  readonly failures: readonly OperationFailureRow[];
}
