import { Injectable } from '@nestjs/common';
import { type AttemptAnswer, KnownError } from '@tollgate/contracts';
import { toAttemptAnswer } from '../answers/attempt-answer.policy.ts';
import { AttemptWatch } from '../answers/attempt-watch.service.ts';
import { ReadTokens } from '../answers/read-token.service.ts';
import { AttemptRepository } from './attempt.repository.ts';

/** Shows an attempt with all that happened to it. */
@Injectable()
export class ReadAttemptHandler {
  constructor(
    private readonly attempts: AttemptRepository,
    private readonly watch: AttemptWatch,
    private readonly tokens: ReadTokens,
  ) {}

  /**
   * @param caller.merchantId whose attempt may be shown; undefined: anybody's
   * @throws KnownError ATTEMPT_NOT_FOUND, also for another merchant's attempt
   */
  async read(
    paymentAttemptId: string,
    caller: { merchantId: string | undefined; isOperator: boolean },
  ): Promise<AttemptAnswer> {
    const attempt = await this.attempts.findById(paymentAttemptId, caller.merchantId);
    if (attempt === undefined) {
      throw new KnownError('ATTEMPT_NOT_FOUND');
    }
    return toAttemptAnswer(attempt, {
      facts: this.watch.withNews(attempt, attempt.facts),
      timeline: await this.attempts.findTimeline(attempt),
      readToken: this.tokens.issue(attempt),
      forOperator: caller.isOperator,
    });
  }
}
