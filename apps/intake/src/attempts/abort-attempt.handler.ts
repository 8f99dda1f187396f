import { Injectable } from '@nestjs/common';
import { type AbortAttemptAnswer, type AbortAttemptBody, KnownError } from '@tollgate/contracts';
import { type EventTransaction, EventTransactions } from '@tollgate/messaging';
import { failpoint } from '@tollgate/platform';
import { toLinks, toOutcomeAnswer } from '../answers/attempt-answer.policy.ts';
import { AttemptWatch } from '../answers/attempt-watch.service.ts';
import { ReadTokens } from '../answers/read-token.service.ts';
import { judgeAbort } from './abort-attempt.policy.ts';
import { AttemptMetrics } from './attempt-metrics.service.ts';
import { AttemptRepository } from './attempt.repository.ts';
import { statusOf } from './attempt.states.ts';
import type { Attempt, AttemptKey } from './attempt.types.ts';
import { OwnDecisions } from './own-decision.service.ts';

/** The shop's own abort: the customer left, the goods are gone. */
@Injectable()
export class AbortAttemptHandler {
  constructor(
    private readonly attempts: AttemptRepository,
    private readonly transactions: EventTransactions,
    private readonly ownDecisions: OwnDecisions,
    private readonly watch: AttemptWatch,
    private readonly tokens: ReadTokens,
    private readonly metrics: AttemptMetrics,
  ) {}

  /**
   * Says what happened, and what had happened before. Safe to repeat.
   * @throws KnownError ATTEMPT_NOT_FOUND; ATTEMPT_CONCLUDED with the outcome when it is another one than ABORTED
   */
  abort(key: AttemptKey, { reason }: AbortAttemptBody): Promise<AbortAttemptAnswer> {
    return this.transactions.run(async (tx) => {
      const [locked] = await this.attempts.lock(tx, [key]);
      if (locked === undefined) {
        throw new KnownError('ATTEMPT_NOT_FOUND');
      }
      const attempt = { ...locked, facts: this.watch.withNews(locked, locked.facts) };
      const verdict = judgeAbort(attempt.facts);
      if (verdict.kind === 'concluded') {
        throw new KnownError('ATTEMPT_CONCLUDED', { facts: toOutcomeAnswer(attempt.facts.outcome!) });
      }
      if (verdict.kind === 'nothing') {
        return this.#toAnswer(attempt, verdict.result);
      }
      const { aborted, isNew } = await this.#announce(tx, attempt, reason);
      return this.#toAnswer(aborted, isNew ? verdict.result : 'ALREADY_REQUESTED');
    });
  }

  async #announce(
    tx: EventTransaction,
    attempt: Attempt,
    reason: AbortAttemptBody['reason'],
  ): Promise<{ aborted: Attempt; isNew: boolean }> {
    const decidedAt = await this.attempts.readClock(tx);
    const own = { decision: 'ABORT', source: 'merchant', reason, decidedAt, cause: 'abort' } as const;
    const { attempts, announced } = await this.ownDecisions.record(tx, [{ attempt, own }]);
    if (announced > 0) {
      failpoint('abort.before-commit');
      tx.afterCommit(() => failpoint('abort.after-commit'));
      tx.afterCommit(() => this.metrics.aborts.inc({ reason }));
    }
    return { aborted: attempts[0] ?? attempt, isNew: announced > 0 };
  }

  #toAnswer(attempt: Attempt, result: AbortAttemptAnswer['result']): AbortAttemptAnswer {
    const { paymentAttemptId, facts } = attempt;
    // An outcome may be heard before the decision that led to it: then the outcome tells of it.
    const { decision, source, decidedAt } = facts.decision ?? {
      decision: 'ABORT',
      source: 'unknown',
      decidedAt: facts.outcome?.concludedAt ?? attempt.clocks.receivedAt,
    };
    return {
      paymentAttemptId,
      status: statusOf(facts),
      result,
      decision: { decision, source, decidedAt },
      ...(facts.outcome === undefined ? {} : { outcome: toOutcomeAnswer(facts.outcome) }),
      links: toLinks(paymentAttemptId, this.tokens.issue(attempt)),
    };
  }
}
