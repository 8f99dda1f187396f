import { Injectable } from '@nestjs/common';
import { toPrimerDate } from '../clock/date.policy.ts';
import { SandboxStore } from '../store/sandbox.store.ts';
import type { DeliveryResult, Webhook, WebhookDelivery, WebhookState } from './webhook.types.ts';

interface WebhookRow {
  id: number;
  tenant_id: string;
  event_type: Webhook['eventType'];
  attempt_id: string | null;
  payment_id: string | null;
  subject: string;
  state: WebhookState;
  tries: number;
  due_at: number;
}

export type NewWebhook = Omit<Webhook, 'id' | 'state' | 'tries'>;

@Injectable()
export class WebhookRepository {
  constructor(private readonly store: SandboxStore) {}

  /** Queues a webhook and answers its id. */
  insert(webhook: NewWebhook, nowMicros: number): number {
    const row = this.store
      .statement(
        `INSERT INTO webhook (tenant_id, event_type, attempt_id, payment_id, subject, state, due_at, created_at)
         VALUES (?, ?, ?, ?, ?, 'PENDING', ?, ?) RETURNING id`,
      )
      .get(
        webhook.tenantId,
        webhook.eventType,
        webhook.attemptId ?? null,
        webhook.paymentId ?? null,
        webhook.subject,
        webhook.dueAtMicros,
        nowMicros,
      ) as { id: number };
    return row.id;
  }

  find(id: number): Webhook | undefined {
    const row = this.store.statement('SELECT * FROM webhook WHERE id = ?').get(id);
    return row === undefined ? undefined : toWebhook(row as unknown as WebhookRow);
  }

  /** Takes what is due out of the queue, earliest first; each is to be settled by `recordDelivery`. */
  claimDue(nowMicros: number, limit: number): Webhook[] {
    const rows = this.store
      .statement(
        `UPDATE webhook SET state = 'SENDING'
          WHERE id IN (SELECT id FROM webhook WHERE state = 'PENDING' AND due_at <= ? ORDER BY due_at LIMIT ?)
         RETURNING *`,
      )
      .all(nowMicros, limit) as unknown as WebhookRow[];
    return rows.map(toWebhook).toSorted((one, other) => one.dueAtMicros - other.dueAtMicros);
  }

  /** When the next webhook falls due after that moment, in microseconds; nothing when none waits. */
  findNextDueMicros(afterMicros = 0): number | undefined {
    const row = this.store
      .statement("SELECT min(due_at) AS due_at FROM webhook WHERE state = 'PENDING' AND due_at > ?")
      .get(afterMicros) as { due_at: number | null };
    return row.due_at ?? undefined;
  }

  /** Puts back what a process that died was sending; whether it arrived is unknown, so it is sent again. */
  releaseClaims(): void {
    this.store.statement("UPDATE webhook SET state = 'PENDING' WHERE state = 'SENDING'").run();
  }

  /** Puts one back that was taken out of the queue and not settled. */
  release(id: number, dueAtMicros: number): void {
    this.store
      .statement("UPDATE webhook SET state = 'PENDING', due_at = ? WHERE id = ? AND state = 'SENDING'")
      .run(dueAtMicros, id);
  }

  /** Records a try and where the webhook stands after it; false when the webhook is no more. */
  recordDelivery(
    webhook: Webhook,
    delivery: { result: DeliveryResult; state: WebhookState; dueAtMicros: number; nowMicros: number },
  ): boolean {
    const { result, state, dueAtMicros, nowMicros } = delivery;
    const { changes } = this.store
      .statement('UPDATE webhook SET state = ?, tries = tries + 1, due_at = ? WHERE id = ?')
      .run(state, dueAtMicros, webhook.id);
    if (changes === 0) return false;
    this.store
      .statement('INSERT INTO webhook_delivery (webhook_id, try, at, status_code, error) VALUES (?, ?, ?, ?, ?)')
      .run(
        webhook.id,
        webhook.tries + 1,
        nowMicros,
        'statusCode' in result ? result.statusCode : null,
        'error' in result ? result.error : null,
      );
    return true;
  }

  /** Takes a webhook out of the queue that is never to be sent. */
  drop(id: number): void {
    this.store.statement("UPDATE webhook SET state = 'DROPPED' WHERE id = ?").run(id);
  }

  listDeliveries(webhookId: number): WebhookDelivery[] {
    const rows = this.store
      .statement('SELECT try, at, status_code, error FROM webhook_delivery WHERE webhook_id = ? ORDER BY try')
      .all(webhookId) as unknown as { try: number; at: number; status_code: number | null; error: string | null }[];
    return rows.map((row) => ({
      try: row.try,
      at: toPrimerDate(row.at),
      statusCode: row.status_code,
      error: row.error,
    }));
  }

  /** Webhooks, oldest first, of one attempt when it is named; `afterId` continues an earlier page. */
  list(query: {
    attemptId?: string | undefined;
    paymentId?: string | undefined;
    afterId: number;
    limit: number;
  }): Webhook[] {
    const filters = [
      ...(query.attemptId === undefined ? [] : [{ sql: ' AND attempt_id = ?', value: query.attemptId }]),
      ...(query.paymentId === undefined ? [] : [{ sql: ' AND payment_id = ?', value: query.paymentId }]),
    ];
    const rows = this.store
      .statement(`SELECT * FROM webhook WHERE id > ?${filters.map(({ sql }) => sql).join('')} ORDER BY id LIMIT ?`)
      .all(query.afterId, ...filters.map(({ value }) => value), query.limit);
    return (rows as unknown as WebhookRow[]).map(toWebhook);
  }

  countByState(): Record<WebhookState, number> {
    const rows = this.store
      .statement('SELECT state, count(*) AS webhooks FROM webhook GROUP BY state')
      .all() as unknown as { state: WebhookState; webhooks: number }[];
    const counts = { PENDING: 0, SENDING: 0, DELIVERED: 0, DROPPED: 0 };
    for (const row of rows) counts[row.state] = row.webhooks;
    return counts;
  }
}

function toWebhook(row: WebhookRow): Webhook {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    eventType: row.event_type,
    attemptId: row.attempt_id ?? undefined,
    paymentId: row.payment_id ?? undefined,
    subject: row.subject,
    state: row.state,
    tries: row.tries,
    dueAtMicros: row.due_at,
  };
}
