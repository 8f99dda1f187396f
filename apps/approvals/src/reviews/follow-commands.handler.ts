import { Injectable } from '@nestjs/common';
import type { PaymentCommandConcludedData, PaymentCommandHeldData } from '@tollgate/contracts';
import { type EventBatch, keepOfKnownMerchants } from '@tollgate/messaging';
import { MerchantDirectory } from '@tollgate/persistence';
import { ApprovalRepository } from '../approvals/approval.repository.ts';
import type { ApprovalStep } from '../approvals/approval.types.ts';
import { applyCommandEnd } from './fate.policy.ts';
import { openCommandReview } from './open-review.policy.ts';
import { toVotesRequired } from './quorum.policy.ts';

/** Opens a review for each command that is above its merchant's limits, and says what its decision came to. */
@Injectable()
export class FollowCommandsHandler {
  constructor(
    private readonly approvals: ApprovalRepository,
    private readonly merchants: MerchantDirectory,
  ) {}

  async open({ events, tx }: EventBatch<PaymentCommandHeldData>): Promise<void> {
    const now = await this.approvals.now(tx);
    const kept = await keepOfKnownMerchants(this.merchants, tx, events);
    const steps = kept.map(({ event, settings }): ApprovalStep => {
      const { data, traceparent } = event;
      const { amountMinor, currency = null, requester } = data;
      const votesRequired = toVotesRequired(settings, { amountMinor, currency });
      const approval = openCommandReview(data, { now, votesRequired, traceparent });
      return { approval, change: 'opened', actor: requester, at: now };
    });
    await this.approvals.open(tx, steps);
  }

  async settle({ events, tx }: EventBatch<PaymentCommandConcludedData>): Promise<void> {
    const ends = events.map(({ data: { merchantId, commandId, outcome, reason } }) => ({
      merchantId,
      commandId,
      outcome,
      reason,
    }));
    const { approvals, now } = await this.approvals.lockReviews(
      tx,
      'payment_command',
      ends.map(({ merchantId, commandId }) => ({ merchantId, resourceId: commandId })),
    );
    const steps = approvals.flatMap((approval) => {
      const end = ends.find(
        (each) => each.merchantId === approval.merchantId && each.commandId === approval.resourceId,
      );
      return (end === undefined ? undefined : applyCommandEnd(approval, end, now)) ?? [];
    });
    await this.approvals.take(tx, steps);
  }
}
