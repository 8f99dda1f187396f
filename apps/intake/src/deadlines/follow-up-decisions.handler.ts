import { Injectable } from '@nestjs/common';
import { EventTransactions } from '@tollgate/messaging';
import { AttemptMetrics } from '../attempts/attempt-metrics.service.ts';
import { type AttemptRow, toAttempt } from '../attempts/attempt.repository.ts';
import { OwnDecisions } from '../attempts/own-decision.service.ts';
import { decideUnanswered } from './deadline.policy.ts';
import { lockUnansweredAttempts, markFollowedUp } from './lock-unanswered-attempts.sql.ts';

/**
 * How long after `approveBy` an outcome may be missing. Any call has ended by then, and the gateway tells of one whose
 * answer it does not know: silence this long means that the decision may never have reached it. Milliseconds.
 */
export const FOLLOW_UP_AFTER_MS = 60_000;

const BATCH_MAX = 200;

/**
 * Follows decisions up of which nothing was heard: one that lies among the gateway's dead letters would leave its attempt
 * undecided at Primer for ever. An abort is announced, once. Had the first decision arrived after all, it holds the
 * attempt's row at the gateway, and the abort comes second and changes nothing.
 */
@Injectable()
export class FollowUpDecisionsHandler {
  constructor(
    private readonly transactions: EventTransactions,
    private readonly ownDecisions: OwnDecisions,
    private readonly metrics: AttemptMetrics,
  ) {}

  /** @returns whether there may be more at once */
  followUp(): Promise<boolean> {
    return this.transactions.run(async (tx) => {
      const rows = await tx.query<AttemptRow & { now: Date }>(lockUnansweredAttempts, [BATCH_MAX, FOLLOW_UP_AFTER_MS]);
      if (rows.length === 0) {
        return false;
      }
      await tx.query(markFollowedUp, [rows.map((row) => row.merchant_id), rows.map((row) => row.attempt_id)]);
      const { announced } = await this.ownDecisions.record(
        tx,
        rows.map((row) => ({ attempt: toAttempt(row), own: decideUnanswered(row.now) })),
      );
      tx.afterCommit(() => this.metrics.followUps.inc(announced));
      return rows.length === BATCH_MAX;
    });
  }
}
