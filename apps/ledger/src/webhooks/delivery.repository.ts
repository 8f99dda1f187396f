import { Injectable } from '@nestjs/common';
import type { Transaction } from '@tollgate/persistence';
import type { Delivery } from './delivery.types.ts';
import { keepDeliveries } from './sql/keep-deliveries.sql.ts';

/** Everything that was delivered or read, insert-only. */
@Injectable()
export class DeliveryRepository {
  async keep(tx: Transaction, deliveries: readonly Delivery[]): Promise<void> {
    await tx.query(keepDeliveries, [
      deliveries.map((each) => each.deliveryId),
      deliveries.map((each) => each.merchantId),
      deliveries.map((each) => each.origin),
      deliveries.map((each) => each.verdict),
      deliveries.map((each) => each.reason ?? null),
      deliveries.map((each) => each.reportedAs ?? null),
      deliveries.map((each) => each.paymentId ?? null),
      deliveries.map((each) => each.signedAt ?? null),
      deliveries.map((each) => each.receivedAt),
      deliveries.map((each) => each.body ?? null),
    ]);
  }
}
