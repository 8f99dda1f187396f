import type { DisputeStatus, DisputeType } from './dispute.states.ts';

/** A shopper's objection to a payment, as the processor reports it. */
export interface Dispute {
  /** The processor's id: one for all stages and statuses of a dispute. */
  readonly id: string;
  readonly tenantId: string;
  readonly paymentId: string;
  readonly attemptId: string | undefined;
  readonly orderId: string;
  readonly transactionId: string;
  readonly processorName: string;
  readonly processorMerchantId: string;
  /** Absent in what was kept before there was any but cards. */
  readonly paymentMethodType?: string;
  /** The card's network, in capitals. */
  readonly network: string | undefined;
  readonly type: DisputeType;
  readonly status: DisputeStatus;
  /** Minor units; not always the payment's amount. */
  readonly amount: number;
  readonly currencyCode: string;
  readonly reason: string;
  readonly reasonCode: string;
  readonly processorReason: string;
  /** When the provider heard of this status from the processor. */
  readonly receivedAtMicros: number;
  /** Until when the merchant may challenge it; only while it is open. */
  readonly challengeRequiredByMicros: number | undefined;
}
