export type WebhookState = 'PENDING' | 'SENDING' | 'DELIVERED' | 'DROPPED';

/** Operations on a payment whose failed tries are told by a webhook of their own, as the provider's event names them. */
export type FailingOperation = 'CAPTURE' | 'REFUND' | 'CANCELLATION' | 'AUTHORIZATION_ADJUSTMENT';

/** The provider's event types that the emulator sends. */
export const WEBHOOK_EVENT_TYPES = [
  'PAYMENT.STATUS',
  'PAYMENT.REFUND',
  'PAYMENT.CAPTURE.FAILED',
  'PAYMENT.REFUND.FAILED',
  'PAYMENT.CANCELLATION.FAILED',
  'PAYMENT.AUTHORIZATION_ADJUSTMENT.FAILED',
  'DISPUTE.OPENED',
  'DISPUTE.STATUS',
] as const;
export type WebhookEventType = (typeof WEBHOOK_EVENT_TYPES)[number];

/** A notification for the merchant. */
export interface Webhook {
  readonly id: number;
  readonly tenantId: string;
  readonly eventType: WebhookEventType;
  readonly attemptId: string | undefined;
  readonly paymentId: string | undefined;
  /**
   * What it is about, as JSON, frozen when it happened: the payment object for PAYMENT.STATUS and PAYMENT.REFUND, the
   * body's own fields for the others.
   */
  readonly subject: string;
  readonly state: WebhookState;
  /** Deliveries that were made, the successful one included. */
  readonly tries: number;
  readonly dueAtMicros: number;
}

/** How one try ended: with an answer, or with the name of what went wrong. */
export type DeliveryResult = { readonly statusCode: number } | { readonly error: string };

export interface WebhookDelivery {
  readonly try: number;
  readonly at: string;
  readonly statusCode: number | null;
  readonly error: string | null;
}
