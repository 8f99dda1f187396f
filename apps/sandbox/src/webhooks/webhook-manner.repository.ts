import { Injectable } from '@nestjs/common';
import { SandboxStore } from '../store/sandbox.store.ts';
import type { WebhookLetter, WebhookManner } from './webhook-manner.types.ts';

interface MannerRow {
  bad_signature_tries: number;
  stale_tries: number;
  stale_seconds: number;
  repeats_bytes: number;
  first_letter: string | null;
}

/** A webhook's manner, and the first try's text where retries repeat it. */
export interface KeptManner extends WebhookManner {
  readonly firstLetter: WebhookLetter | undefined;
}

const PLAIN: WebhookManner = { badSignatureTries: 0, staleTries: 0, staleSeconds: 0, repeatsBytes: false };

/** The webhooks that misbehave; most have no row. */
@Injectable()
export class WebhookMannerRepository {
  constructor(private readonly store: SandboxStore) {}

  /** @param heldPaymentId the payment whose next webhook this one waits for */
  insert(webhookId: number, manner: WebhookManner = PLAIN, heldPaymentId?: string): void {
    this.store
      .statement(
        `INSERT INTO webhook_manner
           (webhook_id, bad_signature_tries, stale_tries, stale_seconds, repeats_bytes, held_payment_id)
         VALUES (?, ?, ?, ?, ?, ?)`,
      )
      .run(
        webhookId,
        manner.badSignatureTries,
        manner.staleTries,
        manner.staleSeconds,
        Number(manner.repeatsBytes),
        heldPaymentId ?? null,
      );
  }

  find(webhookId: number): KeptManner | undefined {
    const row = this.store.statement('SELECT * FROM webhook_manner WHERE webhook_id = ?').get(webhookId) as
      MannerRow | undefined;
    return (
      row && {
        badSignatureTries: row.bad_signature_tries,
        staleTries: row.stale_tries,
        staleSeconds: row.stale_seconds,
        repeatsBytes: row.repeats_bytes === 1,
        firstLetter: row.first_letter === null ? undefined : (JSON.parse(row.first_letter) as WebhookLetter),
      }
    );
  }

  /** Keeps the first try's text for the retries. */
  keepLetter(webhookId: number, letter: WebhookLetter): void {
    this.store
      .statement('UPDATE webhook_manner SET first_letter = ? WHERE webhook_id = ?')
      .run(JSON.stringify(letter), webhookId);
  }

  /** Lets the webhooks go that waited for a newer one of their payment. */
  releaseHeld(paymentId: string, newerId: number, nowMicros: number): void {
    this.store
      .statement(
        `UPDATE webhook SET due_at = min(due_at, ?)
          WHERE state = 'PENDING' AND tries = 0
            AND id IN (SELECT webhook_id FROM webhook_manner WHERE held_payment_id = ? AND webhook_id < ?)`,
      )
      .run(nowMicros, paymentId, newerId);
  }
}
