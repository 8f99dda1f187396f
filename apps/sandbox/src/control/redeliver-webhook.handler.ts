import { Injectable } from '@nestjs/common';
import { Clock } from '../clock/clock.service.ts';
import { JournalRepository } from '../journal/journal.repository.ts';
import { SandboxStore } from '../store/sandbox.store.ts';
import { DeliverWebhooksJob } from '../webhooks/deliver-webhooks.job.ts';
import { WebhookRepository } from '../webhooks/webhook.repository.ts';
import type { Webhook } from '../webhooks/webhook.types.ts';
import type { WebhookView } from './control.schema.ts';
import { toWebhookView } from './webhook-view.policy.ts';

/** Sends a webhook once more, as a copy with a retry schedule of its own; the first one's record stays as it is. */
@Injectable()
export class RedeliverWebhookHandler {
  constructor(
    private readonly store: SandboxStore,
    private readonly journal: JournalRepository,
    private readonly webhooks: WebhookRepository,
    private readonly delivery: DeliverWebhooksJob,
    private readonly clock: Clock,
  ) {}

  async handle(id: number): Promise<WebhookView | undefined> {
    const copy = await this.store.transaction(() => this.copy(id));
    if (!copy) return undefined;
    this.delivery.nudge();
    return toWebhookView(copy, []);
  }

  private copy(id: number): Webhook | undefined {
    const webhook = this.webhooks.find(id);
    if (!webhook) return undefined;
    const nowMicros = this.clock.nowMicros();
    const copyId = this.webhooks.insert({ ...webhook, dueAtMicros: nowMicros }, nowMicros);
    this.journal.append({
      kind: 'EFFECT',
      name: 'WEBHOOK_REDELIVERY_REQUESTED',
      attemptId: webhook.attemptId,
      paymentId: webhook.paymentId,
      facts: { webhookId: copyId, copyOf: id },
    });
    return this.webhooks.find(copyId);
  }
}
