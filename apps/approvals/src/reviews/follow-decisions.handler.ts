import { Injectable } from '@nestjs/common';
import { type AttemptDecidedData, type ClockSettings, settleClocks } from '@tollgate/contracts';
import type { EventBatch, EventTransaction, ReceivedEvent } from '@tollgate/messaging';
import { MerchantDirectory } from '@tollgate/persistence';
import { ApprovalRepository } from '../approvals/approval.repository.ts';
import { toStep } from '../approvals/approval.states.ts';
import { type Approval, type ApprovalStep, RISK } from '../approvals/approval.types.ts';
import { applyFate } from './fate.policy.ts';
import { FateRepository, toFateKey } from './fate.repository.ts';
import type { AttemptFate } from './fate.types.ts';
import { keepOfKnownMerchants } from './known-merchants.policy.ts';
import { openAttemptReview } from './open-review.policy.ts';
import { toVotesRequired } from './quorum.policy.ts';

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
      return newest === undefined ? [] : refresh(approval, newest, now);
    });
    await this.approvals.take(tx, steps);
  }

  async #toReviews(tx: EventTransaction, events: readonly Decided[]): Promise<Approval[]> {
    if (events.length === 0) {
      return [];
    }
    const now = await this.approvals.now(tx);
    const settingsOf = await this.merchants.settingsOf(
      tx,
      events.map(({ data }) => data.merchantId),
    );
    return keepOfKnownMerchants(tx, events, settingsOf).map(
      ({ event: { data, traceparent, brokerTimestamp }, settings }) =>
        openAttemptReview(data, {
          now,
          votesRequired: toVotesRequired(settings, data.order),
          traceparent,
          clocks: settleClocks(data.clocks, brokerTimestamp, this.settings.clocks),
        }),
    );
  }
}

/** The same content again is no news; neither is what was found out earlier than what is shown. */
function refresh(approval: Approval, newest: Approval, now: Date): ApprovalStep[] {
  const { dataSnapshot, dataSnapshotHash, snapshotAt, involved, reason } = newest;
  if (
    approval.decision !== 'pending' ||
    dataSnapshotHash === approval.dataSnapshotHash ||
    snapshotAt <= approval.snapshotAt
  ) {
    return [];
  }
  const refreshed = { ...approval, dataSnapshot, dataSnapshotHash, snapshotAt, involved, reason, votes: [] };
  return [toStep(refreshed, 'refreshed', RISK, now)];
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
