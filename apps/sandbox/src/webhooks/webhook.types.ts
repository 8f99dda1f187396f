export type WebhookState = 'PENDING' | 'SENDING' | 'DELIVERED' | 'DROPPED';

/** A notification for the merchant. `subject` is the payment object as JSON, frozen when the status changed. */
export interface Webhook {
  readonly id: number;
  readonly tenantId: string;
  readonly eventType: 'PAYMENT.STATUS';
  readonly attemptId: string | undefined;
  readonly paymentId: string | undefined;
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
