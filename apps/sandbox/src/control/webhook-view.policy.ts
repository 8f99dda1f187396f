import { toPrimerDate } from '../clock/date.policy.ts';
import type { Webhook, WebhookDelivery } from '../webhooks/webhook.types.ts';
import type { WebhookView } from './control.schema.ts';

/** A webhook as the control API shows it. */
export function toWebhookView(webhook: Webhook, deliveries: WebhookDelivery[]): WebhookView {
  return {
    webhookId: webhook.id,
    eventType: webhook.eventType,
    attemptId: webhook.attemptId ?? null,
    paymentId: webhook.paymentId ?? null,
    state: webhook.state,
    dueAt: toPrimerDate(webhook.dueAtMicros),
    deliveries,
  };
}
