import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { ServiceLifetime } from '@tollgate/platform';
import { IntakeClient } from './intake.client.ts';
import { ShopOrderRepository } from './shop-order.repository.ts';
import { checkoutUnknown } from './shop.errors.ts';

/** Hands intake's events on to the page, so that neither key nor intake's address has to be there. */
@Injectable()
export class FollowCheckoutHandler {
  constructor(
    private readonly orders: ShopOrderRepository,
    private readonly intake: IntakeClient,
    private readonly lifetime: ServiceLifetime,
  ) {}

  /**
   * @returns undefined when the page has seen all there is
   * @throws ShopError 404 for an attempt that is none of this shop's checkouts; 502, 503
   */
  async handle(
    attemptId: string,
    { lastEventId, pageLeft }: { lastEventId: string | undefined; pageLeft: AbortSignal },
  ): Promise<Readable | undefined> {
    if (this.orders.find(attemptId) === undefined) throw checkoutUnknown();
    const signal = AbortSignal.any([pageLeft, this.lifetime.stopping]);
    const events = await this.intake.openEvents(attemptId, { lastEventId, signal });
    return events && Readable.fromWeb(events);
  }
}
