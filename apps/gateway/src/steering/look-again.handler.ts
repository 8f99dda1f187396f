import { Injectable } from '@nestjs/common';
import { type ActionAnswer, KnownError, type OperatorNoteBody } from '@tollgate/contracts';
import { EventTransactions } from '@tollgate/messaging';
import { isTerminal } from '../actions/action.states.ts';
import { DueBell } from '../calls/due-bell.service.ts';
import { DatabaseClock } from '../clock/database-clock.service.ts';
import { toActionAnswer } from '../operations/action-answer.policy.ts';
import { OperatorActionRepository } from './operator-action.repository.ts';
import { SteerActionRepository } from './steer-action.repository.ts';

/** Takes an open action's next step now instead of after its pause. Which step it is stays the tables' word. */
@Injectable()
export class LookAgainHandler {
  constructor(
    private readonly transactions: EventTransactions,
    private readonly steering: SteerActionRepository,
    private readonly operatorActions: OperatorActionRepository,
    private readonly clock: DatabaseClock,
    private readonly bell: DueBell,
  ) {}

  /** @throws KnownError ATTEMPT_NOT_FOUND, ATTEMPT_CONCLUDED */
  async lookAgain(
    attemptId: string,
    { merchantId, note, by }: Required<OperatorNoteBody> & { merchantId: string | undefined },
  ): Promise<ActionAnswer> {
    return this.transactions.run(async (tx) => {
      const found = await this.steering.lock(tx, attemptId, merchantId);
      if (found === undefined) {
        throw new KnownError('ATTEMPT_NOT_FOUND');
      }
      const { action, held } = found;
      if (isTerminal(action.state)) {
        throw new KnownError('ATTEMPT_CONCLUDED', { facts: { outcome: action.state } });
      }
      if (!held) {
        await this.steering.makeDue(tx, action);
      }
      const about = { merchantId: action.merchantId, attemptId, facts: { state: action.state, step: action.step } };
      await this.operatorActions.insert(tx, [{ kind: 'looked-again', ...{ by, note }, ...about }]);
      tx.afterCommit(() => this.bell.ringIn(0));
      return toActionAnswer({ ...action, dueAt: this.clock.now() });
    });
  }
}
