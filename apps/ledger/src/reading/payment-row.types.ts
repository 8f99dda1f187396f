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

/** A row of `evidence`, without the snapshot. */
export interface EvidenceRow {
  readonly evidence_id: string;
  readonly origin: 'webhook' | 'read';
  readonly reported_as: string;
  readonly status: string;
  readonly effective_at_us: bigint;
  readonly received_at_us: bigint;
}
