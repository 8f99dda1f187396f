import { Injectable } from '@nestjs/common';
import { KnownError, type RiskDecisionAnswer } from '@tollgate/contracts';
import { toDecisionAnswer } from './decision.policy.ts';
import { DecisionRepository } from './decision.repository.ts';

/** What was decided about an attempt, and why. */
@Injectable()
export class GetDecisionHandler {
  readonly #decisions: DecisionRepository;

  constructor(decisions: DecisionRepository) {
    this.#decisions = decisions;
  }

  /**
   * Where several merchants know an attempt of this id and none is named, the first decision.
   * @throws KnownError ATTEMPT_NOT_FOUND while there is no decision
   */
  async get(attemptId: string, merchantId: string | undefined): Promise<RiskDecisionAnswer> {
    const [first] = await this.#decisions.findByAttempt(attemptId, merchantId);
    if (first === undefined) throw new KnownError('ATTEMPT_NOT_FOUND', { facts: { paymentAttemptId: attemptId } });
    return toDecisionAnswer(first);
  }
}
