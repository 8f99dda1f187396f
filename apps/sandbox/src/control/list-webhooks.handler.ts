import { Injectable } from '@nestjs/common';
import { WebhookRepository } from '../webhooks/webhook.repository.ts';
import type { PageQuery, WebhookPage } from './control.schema.ts';
import { toWebhookView } from './webhook-view.policy.ts';

/** Reads webhooks with every delivery that was tried, oldest first. */
@Injectable()
export class ListWebhooksHandler {
  constructor(private readonly webhooks: WebhookRepository) {}

  handle(query: PageQuery): WebhookPage {
    const { attemptId, paymentId, cursor, limit } = query;
    const found = this.webhooks.list({ attemptId, paymentId, afterId: cursor, limit: limit + 1 });
    const page = found.slice(0, limit);
    return {
      data: page.map((webhook) => toWebhookView(webhook, this.webhooks.listDeliveries(webhook.id))),
      nextCursor: found.length > limit ? String(page.at(-1)?.id) : null,
    };
  }
}
