import type { AttemptAnswer, JournalEntryAnswer, PaymentAnswer } from '@tollgate/contracts';

import type { FollowedUp } from './follow-up.types.ts';
import type {
  GateAction,
  ProviderAttempt,
  ProviderEntry,
  ProviderPayment,
  ProviderWebhook,
} from './installation-client.ts';
import type { PlannedCheckout } from './sample-plan.policy.ts';

/** A checkout that was sent. */
export interface SentCheckout {
  planned: PlannedCheckout;
  attemptId: string;
  /** How often intake answered 2xx. */
  accepted: number;
  /** From the first post to the outcome, as the shop saw it; undefined when none came in time. */
  outcomeAfterMs: number | undefined;
  /** What was done with its payment afterwards. */
  followedUp: readonly FollowedUp[];
}

/** All that can be read about it afterwards, over HTTP. */
export interface CheckoutRecord extends SentCheckout {
  attempt: AttemptAnswer | undefined;
  action: GateAction | undefined;
  /** The provider's side. */
  provider: {
    attempt: ProviderAttempt;
    payments: ProviderPayment[];
    journal: ProviderEntry[];
    webhooks: ProviderWebhook[];
  };
  /** The books, by payment. */
  books: Array<{ payment: PaymentAnswer; journal: JournalEntryAnswer[] }>;
}
