import { Injectable } from '@nestjs/common';

/** What the shop's server knows of a checkout, whatever the browser says. Amount in minor units. */
export interface ShopOrder {
  readonly orderId: string;
  readonly amount: number;
  readonly currencyCode: string;
  readonly customerId: string;
}

/** More than one person clicks in a day; the oldest are forgotten first. */
const CHECKOUTS_KEPT_MAX = 1_000;

/** The shop's memory: its checkouts by attempt. A demonstration needs no more than this process's life. */
@Injectable()
export class ShopOrders {
  private readonly orders = new Map<string, ShopOrder>();

  add(paymentAttemptId: string, order: ShopOrder): void {
    this.orders.set(paymentAttemptId, order);
    const [oldest] = this.orders.keys();
    if (this.orders.size > CHECKOUTS_KEPT_MAX && oldest !== undefined) this.orders.delete(oldest);
  }

  find(paymentAttemptId: string): ShopOrder | undefined {
    return this.orders.get(paymentAttemptId);
  }
}
