import type {
  ApprovalChange,
  ApprovalDecision,
  ApprovalEffect,
  ApprovalKind,
  ApprovalResource,
  AttemptClocks,
  AttemptDecidedData,
} from '@tollgate/contracts';

/** What a reviewer is shown; its canonical JSON (RFC 8785) is what the hash is of. */
export type DataSnapshot = Readonly<Record<string, unknown>>;

/** What is needed of an attempt to announce the reviewer's Decision. */
export interface ReviewedAttempt {
  readonly clientSessionId: string;
  readonly order: AttemptDecidedData['order'];
  readonly analyticsId?: string;
  readonly clocks: AttemptClocks;
}

/** One person's word on what they were shown. */
export interface Vote {
  readonly voter: string;
  readonly reviewer: string;
  readonly decision: 'approved' | 'rejected';
  readonly note: string | null;
  readonly at: Date;
}

/** A row of `approval`, with the votes on its present snapshot. */
export interface Approval {
  readonly id: string;
  readonly merchantId: string;
  readonly resourceType: ApprovalResource;
  readonly resourceId: string;
  readonly kind: ApprovalKind;
  readonly decision: ApprovalDecision;
  /** As answers show it. */
  readonly requester: string;
  /** Every name by which the maker is known, in lower case: none of them can decide. */
  readonly makers: readonly string[];
  /** Names of others who have a part in it, in lower case: none of them can review. */
  readonly involved: readonly string[];
  readonly reviewer: string | null;
  readonly note: string | null;
  readonly dataSnapshot: DataSnapshot | null;
  readonly dataSnapshotHash: string;
  /** When what is shown was found out; a later snapshot replaces an earlier one. */
  readonly snapshotAt: Date;
  readonly createdAt: Date;
  readonly decidedAt: Date | null;
  /** Nothing is decided after it; null: there is no hurry. */
  readonly expiresAt: Date | null;
  readonly orderId: string | null;
  readonly amountMinor: string | null;
  readonly currency: string | null;
  readonly reason: string | null;
  readonly votesRequired: number;
  readonly votes: readonly Vote[];
  readonly effect: ApprovalEffect;
  readonly effectReason: string | null;
  readonly claimedBy: string | null;
  readonly claimedParty: string | null;
  readonly claimedUntil: Date | null;
  /** Counts the changes, from 1. */
  readonly sequence: number;
  /** Of a payment attempt. */
  readonly attempt: ReviewedAttempt | null;
  /** Of a payment command. */
  readonly holdDigest: string | null;
  readonly traceparent: string | null;
}

/** One change of an approval: what it is afterwards, who did what, and what goes out with it. */
export interface ApprovalStep {
  readonly approval: Approval;
  readonly change: ApprovalChange;
  readonly actor: string;
  readonly at: Date;
  /** Said in this step, to be kept beside the others of the same snapshot. */
  readonly vote?: Vote;
  /** The Decision on the attempt that commits with this step. */
  readonly decided?: AttemptDecidedData;
  /** By which key it was asked for, if by one: the platform's speaks under the names of others. */
  readonly keyId?: string;
}

/** An approval as it is found, by the database's clock. */
export interface FoundApproval {
  readonly approval: Approval;
  readonly now: Date;
}

/** Tollgate's own parts as actors. */
export const RISK = 'service:risk';
export const GATEWAY = 'service:gateway';
export const CLOCK = 'service:approvals';
