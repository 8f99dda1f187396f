import { Injectable } from '@nestjs/common';
import type { AttemptConcludedData } from '@tollgate/contracts';
import type { EventBatch } from '@tollgate/messaging';
import { ApprovalRepository } from '../approvals/approval.repository.ts';
import { applyFate } from './fate.policy.ts';
import { FateRepository, toFateKey } from './fate.repository.ts';

/** Says of each review what its decision came to. */
@Injectable()
export class FollowOutcomesHandler {
  constructor(
    private readonly approvals: ApprovalRepository,
    private readonly fates: FateRepository,
  ) {}

  async follow({ events, tx }: EventBatch<AttemptConcludedData>): Promise<void> {
    const fates = await this.fates.keep(
      tx,
      events.map(({ data: { merchantId, paymentAttemptId, outcome, reason, decision } }) => ({
        merchantId,
        attemptId: paymentAttemptId,
        ended: null,
        outcome: { outcome, reason, source: decision.source },
      })),
    );
    const { approvals, now } = await this.approvals.lockReviews(
      tx,
      'payment_attempt',
      [...fates.values()].map(({ merchantId, attemptId }) => ({ merchantId, resourceId: attemptId })),
    );
    const steps = approvals.flatMap((approval) => {
      const fate = fates.get(toFateKey({ merchantId: approval.merchantId, attemptId: approval.resourceId }));
      return (fate === undefined ? undefined : applyFate(approval, fate, now)) ?? [];
    });
    await this.approvals.take(tx, steps);
  }
}
