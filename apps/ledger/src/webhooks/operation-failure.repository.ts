import { Injectable } from '@nestjs/common';
import type { Transaction } from '@tollgate/persistence';
import type { OperationFailure } from './operation-failure.policy.ts';
import { keepOperationFailures } from './sql/keep-operation-failures.sql.ts';

/** A failed operation about to be kept. */
export interface FailedOperation extends OperationFailure {
  readonly merchantId: string;
  readonly paymentId: string;
  readonly deliveryId: string;
  readonly reportedAs: string;
  readonly receivedAt: Date;
}

/** Operations that failed at the provider, insert-only. */
@Injectable()
export class OperationFailureRepository {
  /** @returns the ids of the deliveries that told of a failure for the first time */
  async keep(tx: Transaction, failures: readonly FailedOperation[]): Promise<ReadonlySet<string>> {
    if (failures.length === 0) return new Set();
    const rows = await tx.query<{ delivery_id: string }>(keepOperationFailures, [
      failures.map((each) => each.merchantId),
      failures.map((each) => each.paymentId),
      failures.map((each) => each.dedupKey),
      failures.map((each) => each.deliveryId),
      failures.map((each) => each.reportedAs),
      failures.map((each) => each.requestedMinor ?? null),
      failures.map((each) => each.receivedAt),
    ]);
    return new Set(rows.map((row) => row.delivery_id));
  }
}
