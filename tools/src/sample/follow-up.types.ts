import type { PaymentCommandKind, PaymentCommandStatus } from '@tollgate/contracts';

/** What a shop does with a payment after it was approved: all of what is left, or half of the order. */
export interface FollowUp {
  command: Exclude<PaymentCommandKind, 'create'>;
  part: 'all' | 'half';
  /** Above the merchant's limit: what the second person says, for whom it waits. */
  secondPerson?: 'approved' | 'rejected';
}

/** A command that was sent to the gateway, and how it ended. */
export interface FollowedUp {
  followUp: FollowUp;
  /** Undefined when it did not end in time. */
  status: PaymentCommandStatus | undefined;
  reason: string | undefined;
  /** Whether it waited for a second person. */
  wasHeld: boolean;
}
