import { Body, Controller, Get, Headers, HttpCode, Param, Post, Res, UseFilters, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { OpenRoute } from '@tollgate/platform';
import type { FastifyReply } from 'fastify';
import { attemptIdSchema } from '../attempts/attempt.schema.ts';
import type { ApprovalRequired } from '../control/control.schema.ts';
import { type ChallengeAnswer, challengeAnswerSchema } from '../payments/challenge.schema.ts';
import { ConfirmCheckoutHandler } from './confirm-checkout.handler.ts';
import { FollowCheckoutHandler } from './follow-checkout.handler.ts';
import { PostCheckoutHandler } from './post-checkout.handler.ts';
import { type CheckoutView, ReadCheckoutHandler } from './read-checkout.handler.ts';
import { SHOP_CHOICES } from './shop-choices.policy.ts';
import { ShopErrorFilter } from './shop-error.filter.ts';
import { ShopSessionGuard } from './shop-session.guard.ts';
import {
  type ApprovalRequiredBody,
  approvalRequiredBodySchema,
  type CheckoutWish,
  checkoutWishSchema,
  type IntakePosted,
} from './shop.schema.ts';
import { StartCheckoutHandler } from './start-checkout.handler.ts';

const OPEN_BECAUSE = 'ShopSessionGuard asks for the session of the shop';

/** What the shop's page asks of the shop's own back end. */
@Controller('shop')
@ApiExcludeController()
@UseGuards(ShopSessionGuard)
@UseFilters(ShopErrorFilter)
export class ShopCheckoutsController {
  constructor(
    private readonly startCheckout: StartCheckoutHandler,
    private readonly postCheckout: PostCheckoutHandler,
    private readonly readCheckout: ReadCheckoutHandler,
    private readonly followCheckout: FollowCheckoutHandler,
    private readonly confirmCheckout: ConfirmCheckoutHandler,
  ) {}

  @Get('choices')
  @OpenRoute(OPEN_BECAUSE)
  choices(): object {
    return SHOP_CHOICES.map(({ id, kind, title, explanation }) => ({ id, kind, title, explanation }));
  }

  @Post('checkouts')
  @OpenRoute(OPEN_BECAUSE)
  async start(
    @Body({ schema: checkoutWishSchema }) wish: CheckoutWish,
  ): Promise<{ detail: ApprovalRequired; firings: number }> {
    return this.startCheckout.handle(wish);
  }

  @Post('attempts')
  @HttpCode(200)
  @OpenRoute(OPEN_BECAUSE)
  async post(
    @Body({ schema: approvalRequiredBodySchema }) detail: ApprovalRequiredBody,
    @Headers('user-agent') userAgent: string | undefined,
  ): Promise<IntakePosted> {
    return this.postCheckout.handle(detail, userAgent);
  }

  @Get('checkouts/:id')
  @OpenRoute(OPEN_BECAUSE)
  async read(@Param('id', { schema: attemptIdSchema }) id: string): Promise<CheckoutView> {
    return this.readCheckout.handle(id);
  }

  @Post('checkouts/:id/challenge')
  @HttpCode(200)
  @OpenRoute(OPEN_BECAUSE)
  async confirm(
    @Param('id', { schema: attemptIdSchema }) id: string,
    @Body({ schema: challengeAnswerSchema }) answer: ChallengeAnswer,
  ): Promise<{ status: string }> {
    return this.confirmCheckout.handle(id, answer);
  }

  @Get('checkouts/:id/events')
  @OpenRoute(OPEN_BECAUSE)
  async follow(
    @Param('id', { schema: attemptIdSchema }) id: string,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const pageLeft = new AbortController();
    reply.raw.once('close', () => pageLeft.abort());
    const events = await this.followCheckout.handle(id, { lastEventId, pageLeft: pageLeft.signal });
    // An EventSource that gets 204 does not come back (HTML standard, server-sent events).
    if (events === undefined) await reply.code(204).send();
    else await reply.header('content-type', 'text/event-stream; charset=utf-8').send(events);
  }
}
