import { randomUUID } from 'node:crypto';
import { sampleClocks } from '@tollgate/testing';
import type { Approval } from '../src/approvals/approval.types.ts';
import type { Caller } from '../src/approvals/caller.types.ts';

/** The instant at which samples are looked at: ten seconds after they were opened. */
export const NOW = new Date('2026-11-21T12:00:10.000Z');
const OPENED = new Date('2026-11-21T12:00:00.000Z');

/** A pending review of an attempt that ends at 12:01:15. */
export function attemptReview(overrides: Partial<Approval> = {}): Approval {
  return {
    id: randomUUID(),
    merchantId: 'shop',
    resourceType: 'payment_attempt',
    resourceId: randomUUID(),
    kind: 'data_review',
    decision: 'pending',
    requester: 'service:risk',
    makers: ['service:risk'],
    involved: [],
    reviewer: null,
    note: null,
    dataSnapshot: { order: { orderId: 'order-1' } },
    dataSnapshotHash: 'shown',
    snapshotAt: OPENED,
    createdAt: OPENED,
    decidedAt: null,
    expiresAt: new Date('2026-11-21T12:01:15.000Z'),
    orderId: 'order-1',
    amountMinor: '4200',
    currency: 'EUR',
    reason: 'review-required',
    votesRequired: 1,
    votes: [],
    effect: 'none',
    effectReason: null,
    claimedBy: null,
    claimedParty: null,
    claimedUntil: null,
    sequence: 1,
    attempt: {
      clientSessionId: 'session-1',
      order: { orderId: 'order-1', amountMinor: '4200', currency: 'EUR' },
      clocks: sampleClocks(OPENED),
    },
    holdDigest: null,
    traceparent: null,
    ...overrides,
  };
}

/** A pending approval of an order that the shop's own key asked for. */
export function orderApproval(overrides: Partial<Approval> = {}): Approval {
  return attemptReview({
    resourceType: 'order',
    resourceId: 'order-1',
    requester: 'merchant:shop',
    makers: ['merchant:shop'],
    expiresAt: null,
    attempt: null,
    ...overrides,
  });
}

/** A reviewer who has signed in. */
export function reviewer(name = 'rita@example.com'): Caller {
  return {
    name,
    party: `person:${name}`,
    aliases: [name],
    merchantId: undefined,
    isPlatform: false,
    isPerson: true,
    isReviewer: true,
  };
}

/** A merchant's key. */
export function merchantKey(merchantId = 'shop'): Caller {
  const name = `merchant:${merchantId}`;
  return { name, party: name, aliases: [name], merchantId, isPlatform: false, isPerson: false, isReviewer: false };
}

/** The platform's key, in nobody's name. */
export const PLATFORM: Caller = {
  name: 'platform',
  party: 'platform',
  aliases: ['platform'],
  merchantId: undefined,
  isPlatform: true,
  isPerson: false,
  isReviewer: false,
};
