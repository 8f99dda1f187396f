import { Injectable } from '@nestjs/common';
import { FindAttemptHandler } from '../control/find-attempt.handler.ts';
import { AnswerChallengeHandler } from '../payments/answer-challenge.handler.ts';
import type { ChallengeAnswer } from '../payments/challenge.schema.ts';
import { ShopOrderRepository } from './shop-order.repository.ts';
import { challengeOver, checkoutUnknown } from './shop.errors.ts';

/** The shopper stands before the bank's page (3-D Secure) and says who pays, or turns away. */
@Injectable()
export class ConfirmCheckoutHandler {
  constructor(
    private readonly orders: ShopOrderRepository,
    private readonly findAttempt: FindAttemptHandler,
    private readonly answerChallenge: AnswerChallengeHandler,
  ) {}

  /** @throws ShopError 404 for an attempt that is none of this shop's checkouts, 409 when the bank asks nothing */
  async handle(attemptId: string, answer: ChallengeAnswer): Promise<{ status: string }> {
    const paymentId = this.findAttempt.handle(attemptId)?.paymentId;
    if (this.orders.find(attemptId) === undefined || paymentId === undefined) throw checkoutUnknown();
    const done = await this.answerChallenge.handle(paymentId, answer);
    if (typeof done === 'string') throw challengeOver();
    return { status: done.status };
  }
}
