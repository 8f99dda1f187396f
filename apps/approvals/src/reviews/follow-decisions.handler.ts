import { Injectable } from '@nestjs/common';
import { type AttemptDecidedData, type ClockSettings, settleClocks } from '@tollgate/contracts';
import { type EventBatch, type EventTransaction, keepOfKnownMerchants, type ReceivedEvent } from '@tollgate/messaging';
import { MerchantDirectory } from '@tollgate/persistence';
import { ApprovalRepository } from '../approvals/approval.repository.ts';
import type { Approval, ApprovalStep } from '../approvals/approval.types.ts';
import { applyFate } from './fate.policy.ts';
import { FateRepository, toFateKey } from './fate.repository.ts';
import type { AttemptFate } from './fate.types.ts';
import { openAttemptReview } from './open-review.policy.ts';
import { toVotesRequired } from './quorum.policy.ts';
import { refreshReview } from './refresh-review.policy.ts';

type Decided = ReceivedEvent<AttemptDecidedData>;

/** What following decisions needs of the settings. */
export abstract class ReviewSettings {
  abstract readonly clocks: ClockSettings;
}

/**
 * Opens a review for each attempt that a person shall look at, and ends those that somebody else has ended. A later
 * REVIEW with another snapshot replaces what is shown, by which the votes on the earlier one lose their count.
 */
@Injectable()
export class FollowDecisionsHandler {
  constructor(
    private readonly approvals: ApprovalRepository,
    private readonly fates: FateRepository,
    private readonly merchants: MerchantDirectory,
    private readonly settings: ReviewSettings,
  ) {}

  async follow({ events, tx }: EventBatch<AttemptDecidedData>): Promise<void> {
    const fates = await this.fates.keep(tx, events.map(toNews));
    const reviews = await this.#toReviews(tx, events.filter(isReview));
    await this.approvals.open(tx, reviews.map(toOpening));
    const { approvals, now } = await this.approvals.lockReviews(
      tx,
      'payment_attempt',
      [...fates.values()].map(({ merchantId, attemptId }) => ({ merchantId, resourceId: attemptId })),
    );
    const steps = approvals.flatMap((approval): ApprovalStep[] => {
      const fate = fates.get(toFateKey({ merchantId: approval.merchantId, attemptId: approval.resourceId }));
      const ended = fate === undefined ? undefined : applyFate(approval, fate, now);
      if (ended !== undefined) {
        return [ended];
      }
      const newest = reviews
        .filter(({ id }) => id === approval.id)
        .toSorted(bySnapshotTime)
        .at(-1);
      const refreshed = newest === undefined ? undefined : refreshReview(approval, newest, now);
      return refreshed === undefined ? [] : [refreshed];
    });
    await this.approvals.take(tx, steps);
  }

  async #toReviews(tx: EventTransaction, events: readonly Decided[]): Promise<Approval[]> {
    if (events.length === 0) {
      return [];
    }
    const now = await this.approvals.now(tx);
    const kept = await keepOfKnownMerchants(this.merchants, tx, events);
    return kept.map(({ event: { data, traceparent, brokerTimestamp }, settings }) =>
      openAttemptReview(data, {
        now,
        votesRequired: toVotesRequired(settings, data.order),
        traceparent,
        clocks: settleClocks(data.clocks, brokerTimestamp, this.settings.clocks),
      }),
    );
  }
}

function toOpening(approval: Approval): ApprovalStep {
  return { approval, change: 'opened', actor: approval.requester, at: approval.createdAt };
}

function toNews({ data }: Decided): AttemptFate {
  const { merchantId, paymentAttemptId: attemptId, decision, source, reason } = data;
  return { merchantId, attemptId, ended: decision === 'REVIEW' ? null : { decision, source, reason }, outcome: null };
}

function isReview({ data }: Decided): boolean {
  return data.decision === 'REVIEW';
}

function bySnapshotTime(one: Approval, other: Approval): number {
  return one.snapshotAt.getTime() - other.snapshotAt.getTime();
}
