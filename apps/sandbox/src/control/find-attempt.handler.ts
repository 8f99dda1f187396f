import { Injectable } from '@nestjs/common';
import { AttemptRepository } from '../attempts/attempt.repository.ts';
import { approvalStatusAt } from '../attempts/attempt.states.ts';
import { Clock } from '../clock/clock.service.ts';
import { toPrimerDate } from '../clock/date.policy.ts';
import type { AttemptView } from './control.schema.ts';

/** What really became of an attempt, which Primer's own API does not tell. */
@Injectable()
export class FindAttemptHandler {
  constructor(
    private readonly attempts: AttemptRepository,
    private readonly clock: Clock,
  ) {}

  handle(id: string): AttemptView | undefined {
    const attempt = this.attempts.find(id);
    return (
      attempt && {
        paymentAttemptId: attempt.id,
        clientSessionId: attempt.sessionId,
        approvalStatus: approvalStatusAt(attempt, this.clock.nowMicros()),
        isCurrent: attempt.isCurrent,
        expiresAt: toPrimerDate(attempt.expiresAtMicros),
        paymentId: attempt.payment?.id,
        calls: { approve: attempt.approveCalls, abort: attempt.abortCalls },
      }
    );
  }
}
