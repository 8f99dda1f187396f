import { Injectable } from '@nestjs/common';
import type { AcceptedAttemptAnswer, ConcludedAttemptAnswer, PostAttemptBody } from '@tollgate/contracts';
import { PostAttemptHandler } from '../attempts/post-attempt.handler.ts';
import type { RecordedOutcome } from '../attempts/attempt.states.ts';
import type { Attempt } from '../attempts/attempt.types.ts';
import { toAcceptedAnswer, toConcludedAnswer } from './attempt-answer.policy.ts';
import { AttemptWatch } from './attempt-watch.service.ts';
import { ReadTokens } from './read-token.service.ts';

/** Requests that may wait for an outcome on one instance; more are answered at once. */
const WAITERS_MAX = 10_000;

/** What to answer to a posted attempt. */
export interface AttemptReply {
  readonly status: 200 | 202;
  readonly answer: ConcludedAttemptAnswer | AcceptedAttemptAnswer;
  /** The preference that was honoured. */
  readonly waitSeconds?: number;
}

/** Takes an attempt in and answers with its outcome, when it is known or becomes known while the caller waits. */
@Injectable()
export class AnswerAttemptHandler {
  constructor(
    private readonly attempts: PostAttemptHandler,
    private readonly watch: AttemptWatch,
    private readonly tokens: ReadTokens,
  ) {}

  /** @throws KnownError as {@link PostAttemptHandler.post} does */
  async answer(
    body: PostAttemptBody,
    caller: { merchantId: string; waitSeconds: number | undefined; gone: AbortSignal },
  ): Promise<AttemptReply> {
    const { merchantId, waitSeconds, gone } = caller;
    if (waitSeconds === undefined || this.watch.watchedCount >= WAITERS_MAX) {
      const attempt = await this.attempts.post(body, merchantId);
      return this.#toReply(attempt, undefined);
    }
    // Registered before the attempt is stored and read: an outcome between the two would never be heard.
    const key = { merchantId, paymentAttemptId: body.paymentAttemptId };
    const waiting = this.watch.waitForOutcome(key, { waitMs: waitSeconds * 1000, gone });
    try {
      const attempt = await this.attempts.post(body, merchantId);
      const known = this.watch.withNews(attempt, attempt.facts).outcome;
      return { ...this.#toReply(attempt, known ?? (await waiting.wait)), waitSeconds };
    } finally {
      waiting.cancel();
    }
  }

  #toReply(attempt: Attempt, heard: RecordedOutcome | undefined): AttemptReply {
    const facts = this.watch.withNews(attempt, attempt.facts);
    const outcome = heard ?? facts.outcome;
    const readToken = this.tokens.issue(attempt);
    return outcome === undefined
      ? { status: 202, answer: toAcceptedAnswer(attempt, facts, readToken) }
      : { status: 200, answer: toConcludedAnswer(attempt.paymentAttemptId, outcome, readToken) };
  }
}
