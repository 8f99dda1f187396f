import { Injectable } from '@nestjs/common';
import type { EventTransaction } from '@tollgate/messaging';
import { activeSpans } from '@tollgate/platform';
import { keepTraces } from './sql/keep-traces.sql.ts';

/** An event about a payment, in the trace it came with. */
export interface TracedEvent {
  readonly traceparent?: string;
  readonly data: { readonly merchantId: string; readonly paymentId?: string };
}

interface TraceRow {
  readonly merchant_id: string;
  readonly payment_id: string;
  readonly attempt_traceparent: string | null;
  readonly webhook_traceparent: string | null;
}

/**
 * Ties the trace of a payment's webhooks to that of its attempt. Primer carries no trace, so a webhook begins one of its
 * own; the payment's id tells where it belongs. Whichever of outcome and webhook is heard second makes the link: a span
 * in each of the two traces that links the other. Does nothing while no traces are exported.
 */
@Injectable()
export class LinkTracesHandler {
  /** Events that an attempt led to. */
  async fromAttempts(tx: EventTransaction, events: readonly TracedEvent[]): Promise<void> {
    await this.#link(tx, events, 'attempt');
  }

  /** Events that a webhook, or a read, led to. */
  async fromWebhooks(tx: EventTransaction, events: readonly TracedEvent[]): Promise<void> {
    await this.#link(tx, events, 'webhook');
  }

  async #link(tx: EventTransaction, events: readonly TracedEvent[], side: 'attempt' | 'webhook'): Promise<void> {
    if (activeSpans() === undefined) {
      return;
    }
    const first = new Map<string, { merchantId: string; paymentId: string; traceparent: string }>();
    for (const { traceparent, data } of events) {
      if (traceparent !== undefined && data.paymentId !== undefined) {
        const heard = { merchantId: data.merchantId, paymentId: data.paymentId, traceparent };
        const key = JSON.stringify([heard.merchantId, heard.paymentId]);
        first.set(key, first.get(key) ?? heard);
      }
    }
    const heard = [...first.values()];
    if (heard.length === 0) {
      return;
    }
    const traceparents = heard.map(({ traceparent }) => traceparent);
    const none = heard.map(() => null);
    const rows = await tx.query<TraceRow>(keepTraces, [
      heard.map(({ merchantId }) => merchantId),
      heard.map(({ paymentId }) => paymentId),
      side === 'attempt' ? traceparents : none,
      side === 'webhook' ? traceparents : none,
    ]);
    tx.afterCommit(() => {
      for (const row of rows) {
        // This event's own place in its trace, rather than the first one's that is stored.
        const own = first.get(JSON.stringify([row.merchant_id, row.payment_id]))?.traceparent ?? null;
        const attempt = side === 'attempt' ? own : row.attempt_traceparent;
        const webhook = side === 'webhook' ? own : row.webhook_traceparent;
        if (attempt !== null && webhook !== null) {
          report('link payment to its attempt', { parent: webhook, link: attempt, paymentId: row.payment_id });
          report('link attempt to its payment', { parent: attempt, link: webhook, paymentId: row.payment_id });
        }
      }
    });
  }
}

function report(name: string, { parent, link, paymentId }: { parent: string; link: string; paymentId: string }): void {
  const attributes = { 'tollgate.payment_id': paymentId };
  activeSpans()
    ?.start(name, { kind: 'internal', parent, links: [link], attributes })
    .end();
}
