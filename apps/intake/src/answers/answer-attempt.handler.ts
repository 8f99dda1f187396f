import { Injectable } from '@nestjs/common';
import type { AcceptedAttemptAnswer, ConcludedAttemptAnswer, PostAttemptBody } from '@tollgate/contracts';
import type { AttemptPoster } from '../attempts/announced-attempt.policy.ts';
import { PostAttemptHandler } from '../attempts/post-attempt.handler.ts';
import type { RecordedOutcome } from '../attempts/attempt.states.ts';
import type { Attempt } from '../attempts/attempt.types.ts';
import { toAcceptedAnswer, toConcludedAnswer } from './attempt-answer.policy.ts';
import { AttemptWatch } from './attempt-watch.service.ts';
import { ReadTokens } from './read-token.service.ts';
import { Waiters } from './waiters.service.ts';

/** What to answer to a posted attempt. */
export interface AttemptReply {
  readonly status: 200 | 202;
  readonly answer: ConcludedAttemptAnswer | AcceptedAttemptAnswer;
  /** The preference that was honoured. */
  readonly waitSeconds?: number;
}

/** Who posted an attempt, and what it wants. */
export interface AttemptCaller extends AttemptPoster {
  readonly waitSeconds: number | undefined;
  /** Aborted when nobody is there to read the answer any more. */
  readonly gone: AbortSignal;
  /** Called once the attempt is stored, before the wait for its outcome begins. */
  readonly onStored: () => void;
}

/** Takes an attempt in and answers with its outcome, when it is known or becomes known while the caller waits. */
@Injectable()
export class AnswerAttemptHandler {
  constructor(
    private readonly attempts: PostAttemptHandler,
    private readonly watch: AttemptWatch,
    private readonly tokens: ReadTokens,
    private readonly waiters: Waiters,
  ) {}

  /**
   * Beyond the limit of waiters the preference is as if it were not there: the answer is the attempt as it stands.
   * @throws KnownError as {@link PostAttemptHandler.post} does
   */
  async answer(body: PostAttemptBody, caller: AttemptCaller): Promise<AttemptReply> {
    const { waitSeconds } = caller;
    const endWait = waitSeconds === undefined ? undefined : this.waiters.enter('prefer');
    if (waitSeconds === undefined || endWait === undefined) {
      const attempt = await this.attempts.post(body, caller);
      return this.#toReply(attempt, undefined);
    }
    try {
      return await this.#answerWaiting(body, { ...caller, waitSeconds });
    } finally {
      endWait();
    }
  }

  async #answerWaiting(body: PostAttemptBody, caller: AttemptCaller & { waitSeconds: number }): Promise<AttemptReply> {
    const { merchantId, waitSeconds, gone } = caller;
    // Registered before the attempt is stored and read: an outcome between the two would never be heard.
    const key = { merchantId, paymentAttemptId: body.paymentAttemptId };
    const waiting = this.watch.waitForOutcome(key, { waitMs: waitSeconds * 1000, gone });
    try {
      const attempt = await this.attempts.post(body, caller);
      caller.onStored();
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
