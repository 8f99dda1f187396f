import { Injectable } from '@nestjs/common';
import { IntakeClient } from './intake.client.ts';
import { ShopOrderRepository } from './shop-order.repository.ts';
import { checkoutUnknown } from './shop.errors.ts';
import type { ApprovalRequiredBody, IntakePosted } from './shop.schema.ts';

/** The shop's server hands what the browser was told to Tollgate, with its own word on the order, and waits. */
@Injectable()
export class PostCheckoutHandler {
  constructor(
    private readonly orders: ShopOrderRepository,
    private readonly intake: IntakeClient,
  ) {}

  /** @throws ShopError 404 for an attempt that is none of this shop's checkouts; 502, 503 */
  async handle(detail: ApprovalRequiredBody, userAgent: string | undefined): Promise<IntakePosted> {
    const order = this.orders.find(detail.paymentAttemptId);
    if (order === undefined) throw checkoutUnknown();
    return this.intake.post({ ...detail, order, shopper: { userAgent: userAgent?.slice(0, 1024) } });
  }
}
