import { Injectable } from '@nestjs/common';
import type { PaymentStatus } from './payment.states.ts';
import { SandboxStore } from '../store/sandbox.store.ts';

/** A key as a merchant sent it to one kind of call. */
export interface IdempotencyKey {
  readonly tenantId: string;
  readonly operation: string;
  readonly key: string;
}

/** The payment that a key was used for, as it is now. */
export interface KeyedPayment {
  readonly id: string;
  readonly status: PaymentStatus;
}

/**
 * Keys of calls that took effect, kept for ever: "Multiple requests to the same endpoint using the same idempotency key
 * will be processed only once". A call that was refused did nothing, so its key is still free.
 */
@Injectable()
export class IdempotencyKeyRepository {
  constructor(private readonly store: SandboxStore) {}

  findPayment({ tenantId, operation, key }: IdempotencyKey): KeyedPayment | undefined {
    return this.store
      .statement(
        `SELECT p.id, p.status FROM idempotency_key k JOIN payment p ON p.id = k.payment_id
          WHERE k.tenant_id = ? AND k.operation = ? AND k.key = ?`,
      )
      .get(tenantId, operation, key) as KeyedPayment | undefined;
  }

  /** @throws when the key was used before: the database's own guard */
  insert({ tenantId, operation, key }: IdempotencyKey, paymentId: string, nowMicros: number): void {
    this.store
      .statement(
        'INSERT INTO idempotency_key (tenant_id, operation, key, payment_id, created_at) VALUES (?, ?, ?, ?, ?)',
      )
      .run(tenantId, operation, key, paymentId, nowMicros);
  }
}
