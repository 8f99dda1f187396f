import type { PaymentInstrument } from '../cards/payment-instrument.types.ts';
import type { PaymentStatus } from '../payments/payment.states.ts';
import type { ApprovalMode } from './attempt.policy.ts';
import type { AttemptApprovalStatus } from './attempt.states.ts';

/** How the webhooks of an attempt's payment shall misbehave. */
export interface WebhookPlan {
  readonly delayMs: number;
  /** How many more times each webhook is sent, as deliveries of their own. */
  readonly duplicates: number;
}

/** The one payment that an approve has made, as it is now. */
export interface AttemptPayment {
  readonly id: string;
  readonly status: PaymentStatus;
}

/** A tokenised card that awaits the merchant's approval, with what its client session says of it. */
export interface Attempt {
  readonly id: string;
  readonly sessionId: string;
  readonly tenantId: string;
  readonly instrument: PaymentInstrument;
  readonly recordedStatus: Exclude<AttemptApprovalStatus, 'EXPIRED'>;
  readonly expiresAtMicros: number;
  readonly payment: AttemptPayment | undefined;
  readonly approveCalls: number;
  readonly abortCalls: number;
  readonly webhookPlan: WebhookPlan;
  readonly approvalMode: ApprovalMode;
  readonly isCurrent: boolean;
}
