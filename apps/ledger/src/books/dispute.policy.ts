import { DISPUTE_STATUSES, DISPUTE_TYPES, type PaymentDispute } from '@tollgate/contracts';
import { hash } from 'node:crypto';
import { compact, mergeMaps, newerBy, type Claim } from './claim.policy.ts';
import { toInstantUs } from './instant.policy.ts';
import { compareOptional, compareTexts } from './order.policy.ts';
import { canonicalJson, toAmount } from './snapshot.policy.ts';

/** What a dispute does to the books. `none`: nothing is withheld (won, cancelled, or only information is asked for). */
export type DisputeEffect = 'none' | 'withheld' | 'lost';

/** A dispute's stage and what has become of it. */
export interface DisputeStanding {
  readonly type: string | undefined;
  readonly status: string;
}

/** What all evidence says about one dispute, merged field by field. */
export interface DisputeFacts {
  readonly processor: string;
  readonly processorDisputeId: string;
  /** The newest standing of all, known to us or not. */
  readonly reported?: DisputeClaim<DisputeStanding>;
  /** The newest standing that we know what to do with; the position is made from this one. */
  readonly standing?: DisputeClaim<DisputeStanding>;
  readonly paymentId?: DisputeClaim<string>;
  readonly transactionId?: DisputeClaim<string>;
  readonly orderId?: DisputeClaim<string>;
  readonly amountMinor?: DisputeClaim<bigint>;
  readonly currency?: DisputeClaim<string>;
  readonly challengeRequiredBy?: DisputeClaim<string>;
  readonly reason?: DisputeClaim<string>;
  readonly reasonCode?: DisputeClaim<string>;
  readonly processorReason?: DisputeClaim<string>;
}

/** A total order of what is said about one dispute; equal only where the same is said. */
export interface DisputeVersion {
  /** `receivedAt`, microseconds; undefined (DISPUTE.OPENED has none) counts as the oldest. */
  readonly receivedAtUs: bigint | undefined;
  readonly typeRank: number;
  readonly statusRank: number;
  readonly digest: string;
}

type DisputeClaim<T> = Claim<T, DisputeVersion>;

/** Disputes of one payment, by {@link toDisputeKey}. */
export type Disputes = ReadonlyMap<string, DisputeFacts>;

/** A dispute is known by its processor and that processor's id of it. */
export function toDisputeKey({ processor, processorDisputeId }: DisputeName): string {
  return JSON.stringify([processor, processorDisputeId]);
}

type DisputeName = Pick<PaymentDispute, 'processor' | 'processorDisputeId'>;

/**
 * The name under which a report has an effect once: merchant, processor, dispute id, type, status, `receivedAt` and
 * amount, and beside these what an operator needs of it, lest a due date or the payment told later be lost.
 */
export function toDisputeDedupKey(merchantId: string, dispute: PaymentDispute): string {
  return hash('sha256', canonicalJson(['dispute', merchantId, toDigest(dispute)]), 'hex');
}

/** What one report says. A type or status that nobody knows says nothing that moves money. */
export function toDisputes(dispute: PaymentDispute): Disputes {
  const { processor, processorDisputeId, type, status = 'OPEN' } = dispute;
  const version = toDisputeVersion(dispute);
  const claim = <T>(value: T | undefined): DisputeClaim<T> | undefined =>
    value === undefined ? undefined : { version, value };
  const reported = claim({ type, status });
  const isKnown = (type === undefined || isIn(DISPUTE_TYPES, type)) && isIn(DISPUTE_STATUSES, status);
  const facts = compact<DisputeFacts>({
    processor,
    processorDisputeId,
    reported,
    standing: isKnown ? reported : undefined,
    paymentId: claim(dispute.paymentId),
    transactionId: claim(dispute.transactionId),
    orderId: claim(dispute.orderId),
    amountMinor: claim(toAmount(dispute.amountMinor)),
    currency: claim(dispute.currency),
    challengeRequiredBy: claim(dispute.challengeRequiredBy),
    reason: claim(dispute.reason),
    reasonCode: claim(dispute.reasonCode),
    processorReason: claim(dispute.processorReason),
  });
  return new Map([[toDisputeKey(dispute), facts]]);
}

/** The join of what two sets of evidence say about disputes. */
export function mergeDisputes(a: Disputes | undefined, b: Disputes | undefined): Disputes | undefined {
  return mergeMaps(a, b, (one, other) =>
    compact<DisputeFacts>({
      processor: one.processor,
      processorDisputeId: one.processorDisputeId,
      reported: newest(one.reported, other.reported),
      standing: newest(one.standing, other.standing),
      paymentId: newest(one.paymentId, other.paymentId),
      transactionId: newest(one.transactionId, other.transactionId),
      orderId: newest(one.orderId, other.orderId),
      amountMinor: newest(one.amountMinor, other.amountMinor),
      currency: newest(one.currency, other.currency),
      challengeRequiredBy: newest(one.challengeRequiredBy, other.challengeRequiredBy),
      reason: newest(one.reason, other.reason),
      reasonCode: newest(one.reasonCode, other.reasonCode),
      processorReason: newest(one.processorReason, other.processorReason),
    }),
  );
}

/** What the newest known standing of a dispute does to the books. */
export function toDisputeEffect({ standing }: DisputeFacts): DisputeEffect {
  if (standing === undefined || standing.value.type === 'RETRIEVAL') return 'none';
  switch (standing.value.status) {
    case 'OPEN':
    case 'CHALLENGED':
      return 'withheld';
    case 'ACCEPTED':
    case 'EXPIRED':
    case 'LOST':
      return 'lost';
    default:
      return 'none';
  }
}

/** True while somebody may still have to do something: open, challenged, or in a standing that nobody knows. */
export function isOpenDispute({ reported }: DisputeFacts): boolean {
  const status = reported?.value.status ?? '';
  return status === 'OPEN' || status === 'CHALLENGED' || !isIn(DISPUTE_STATUSES, status);
}

function toDisputeVersion(dispute: PaymentDispute): DisputeVersion {
  return {
    receivedAtUs: toInstantUs(dispute.receivedAt),
    typeRank: (DISPUTE_TYPES as readonly string[]).indexOf(dispute.type ?? ''),
    statusRank: (DISPUTE_STATUSES as readonly string[]).indexOf(dispute.status ?? ''),
    digest: toDigest(dispute),
  };
}

function newest<T>(a: DisputeClaim<T> | undefined, b: DisputeClaim<T> | undefined): DisputeClaim<T> | undefined {
  return newerBy(a, b, compareDisputeVersions);
}

function compareDisputeVersions(a: DisputeVersion, b: DisputeVersion): number {
  return (
    compareOptional(a.receivedAtUs, b.receivedAtUs) ||
    a.typeRank - b.typeRank ||
    a.statusRank - b.statusRank ||
    compareTexts(a.digest, b.digest)
  );
}

/** Equal instants are equal, however many zeros they are written with. */
function toDigest(dispute: PaymentDispute): string {
  const receivedAt = toInstantUs(dispute.receivedAt)?.toString() ?? dispute.receivedAt;
  const challengeRequiredBy = toInstantUs(dispute.challengeRequiredBy)?.toString() ?? dispute.challengeRequiredBy;
  return hash('sha256', canonicalJson({ ...dispute, receivedAt, challengeRequiredBy }), 'hex');
}

function isIn(list: readonly string[], text: string): boolean {
  return list.includes(text);
}
