import { Injectable } from '@nestjs/common';
import { type ActionDetailAnswer, KnownError } from '@tollgate/contracts';
import { toActionAnswer } from './action-answer.policy.ts';
import { HeldBack } from './held-back.service.ts';
import { OperationsRepository } from './operations.repository.ts';

/** One action with the decisions that came too late. */
@Injectable()
export class GetActionHandler {
  constructor(
    private readonly operations: OperationsRepository,
    private readonly heldBack: HeldBack,
  ) {}

  /** @throws KnownError ATTEMPT_NOT_FOUND when no terminal decision about the attempt has come in */
  async get(attemptId: string, merchantId?: string): Promise<ActionDetailAnswer> {
    const action = await this.operations.findAction(attemptId, merchantId);
    if (action === undefined) {
      throw new KnownError('ATTEMPT_NOT_FOUND');
    }
    const superseded = await this.operations.findSuperseded(action);
    return {
      ...toActionAnswer(action, this.heldBack.reasonOf(action)),
      supersededDecisions: superseded.map((row) => ({
        decision: row.decision,
        source: row.decision_source,
        reason: row.decision_reason,
        decidedAt: row.decided_at.toISOString(),
        recordedAt: row.recorded_at.toISOString(),
      })),
    };
  }
}
