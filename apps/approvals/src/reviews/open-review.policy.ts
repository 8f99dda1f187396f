import { type AttemptDecidedData, type PaymentCommandHeldData, toEventId } from '@tollgate/contracts';
import { CLOCK, RISK, type Approval, type ReviewedAttempt } from '../approvals/approval.types.ts';
import { toAttemptSnapshot, toCommandSnapshot, toSnapshotHash } from './snapshot.policy.ts';

interface Opening {
  readonly now: Date;
  readonly votesRequired: number;
  readonly traceparent: string | undefined;
}

/** The approval that a REVIEW of an attempt opens. Its id follows from the attempt: however often it is asked for. */
export function openAttemptReview(
  decision: AttemptDecidedData,
  opening: Opening & { clocks: ReviewedAttempt['clocks'] },
): Approval {
  const { merchantId, paymentAttemptId, order } = decision;
  const snapshot = toAttemptSnapshot(decision);
  return {
    ...toPending(snapshot, opening),
    id: toApprovalIdOf('payment_attempt', merchantId, paymentAttemptId),
    merchantId,
    resourceType: 'payment_attempt',
    resourceId: paymentAttemptId,
    kind: 'data_review',
    requester: RISK,
    makers: [RISK],
    involved: toNames([...(decision.involved ?? []), ...toBuyers(decision)]),
    snapshotAt: new Date(decision.decidedAt),
    expiresAt: new Date(opening.clocks.decideBy),
    orderId: order.orderId,
    amountMinor: order.amountMinor,
    currency: order.currency,
    reason: decision.reason,
    attempt: {
      clientSessionId: decision.clientSessionId,
      order,
      ...(decision.analyticsId === undefined ? {} : { analyticsId: decision.analyticsId }),
      clocks: opening.clocks,
    },
    holdDigest: null,
  };
}

/** The approval that a command above its merchant's limits waits for. */
export function openCommandReview(held: PaymentCommandHeldData, opening: Opening): Approval {
  const { merchantId, commandId } = held;
  return {
    ...toPending(toCommandSnapshot(held), opening),
    id: toApprovalIdOf('payment_command', merchantId, commandId),
    merchantId,
    resourceType: 'payment_command',
    resourceId: commandId,
    kind: 'financial_review',
    requester: held.requester,
    makers: toNames([held.requester]),
    involved: toNames([held.customer?.id, held.customer?.emailHash].filter((name) => name !== undefined)),
    snapshotAt: new Date(held.heldAt),
    expiresAt: new Date(held.decideBy),
    orderId: held.orderId ?? null,
    amountMinor: held.amountMinor,
    currency: held.currency ?? null,
    reason: held.reason,
    attempt: null,
    holdDigest: held.holdDigest,
  };
}

function toPending(dataSnapshot: NonNullable<Approval['dataSnapshot']>, { now, votesRequired, traceparent }: Opening) {
  return {
    decision: 'pending',
    reviewer: null,
    note: null,
    dataSnapshot,
    dataSnapshotHash: toSnapshotHash(dataSnapshot),
    createdAt: now,
    decidedAt: null,
    votesRequired,
    votes: [],
    effect: 'none',
    effectReason: null,
    claimedBy: null,
    claimedParty: null,
    claimedUntil: null,
    sequence: 1,
    traceparent: traceparent ?? null,
  } as const;
}

function toApprovalIdOf(resourceType: string, merchantId: string, resourceId: string): string {
  return toEventId({
    producer: CLOCK,
    type: `approval of ${resourceType}`,
    subject: resourceId,
    cause: { source: merchantId, id: resourceId },
  });
}

/** Whoever placed the order cannot review it: by the shop's id of them, and by the keyed hash of their e-mail address. */
function toBuyers({ evaluation }: AttemptDecidedData): string[] {
  return ['customer.id', 'customer.emailHash']
    .map((name) => evaluation?.features[name])
    .filter((value) => typeof value === 'string');
}

function toNames(names: readonly string[]): string[] {
  return [...new Set(names.map((name) => name.toLowerCase()))];
}
