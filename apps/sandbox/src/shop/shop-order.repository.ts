import { Injectable } from '@nestjs/common';
import { SandboxStore } from '../store/sandbox.store.ts';

/** What the shop's server knows of a checkout, whatever the browser says. Amount in minor units. */
export interface ShopOrder {
  readonly orderId: string;
  readonly amount: number;
  readonly currencyCode: string;
  readonly customerId: string;
}

/** More than one person clicks in a day; the oldest are forgotten first. */
const CHECKOUTS_KEPT_MAX = 1_000;

/** The shop's checkouts by attempt: a page that was open before a restart goes on after it. */
@Injectable()
export class ShopOrderRepository {
  constructor(private readonly store: SandboxStore) {}

  /** Resolves once the checkout is stored. */
  async add(paymentAttemptId: string, order: ShopOrder): Promise<void> {
    await this.store.transaction(() => {
      this.store
        .statement('INSERT INTO shop_order (attempt_id, document) VALUES (?, ?)')
        .run(paymentAttemptId, JSON.stringify(order));
      this.store
        .statement('DELETE FROM shop_order WHERE number <= (SELECT max(number) FROM shop_order) - ?')
        .run(CHECKOUTS_KEPT_MAX);
    });
  }

  find(paymentAttemptId: string): ShopOrder | undefined {
    const row = this.store.statement('SELECT document FROM shop_order WHERE attempt_id = ?').get(paymentAttemptId);
    return row === undefined ? undefined : (JSON.parse(row['document'] as string) as ShopOrder);
  }
}
