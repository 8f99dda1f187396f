import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type ApprovalRequired, startAttemptSchema } from '../control/control.schema.ts';
import { SetFaultsHandler } from '../control/set-faults.handler.ts';
import { StartAttemptHandler } from '../control/start-attempt.handler.ts';
import { newFaultsSchema } from '../faults/fault.schema.ts';
import { getChoice } from './shop-choices.policy.ts';
import { type ShopOrder, ShopOrderRepository } from './shop-order.repository.ts';
import type { CheckoutWish } from './shop.schema.ts';

/** Begins a checkout: the shop's server takes an order and opens a session, the browser tokenises the chosen card. */
@Injectable()
export class StartCheckoutHandler {
  constructor(
    private readonly startAttempt: StartAttemptHandler,
    private readonly setFaults: SetFaultsHandler,
    private readonly orders: ShopOrderRepository,
  ) {}

  /** @returns the detail of `primer:payment-approval-required`, and how often the browser shall fire it */
  async handle({ amount, currencyCode, choice }: CheckoutWish): Promise<{ detail: ApprovalRequired; firings: number }> {
    const name = randomUUID().slice(0, 8);
    // Each shopper is a new one: rules that limit the attempts of a customer are not what the shop shows.
    const order: ShopOrder = { orderId: `shop-${name}`, amount, currencyCode, customerId: `shopper-${name}` };
    const { wish, faults, firings } = getChoice(choice);
    const detail = await this.startAttempt.handle(startAttemptSchema.parse({ ...order, ...wish }));
    if (typeof detail === 'string') throw new Error(`A session of the shop's own cannot be used: ${detail}`);
    if (faults.length > 0)
      await this.setFaults.handle(
        newFaultsSchema.parse(faults.map((fault) => ({ ...fault, attemptId: detail.paymentAttemptId }))),
      );
    await this.orders.add(detail.paymentAttemptId, order);
    return { detail, firings };
  }
}
