import type { PaymentSnapshot } from '@tollgate/contracts';
import { toInstantUs } from './instant.policy.ts';
import {
  compareVersions,
  hasFinalCapture,
  isKnownStatus,
  toAmount,
  toCaptured,
  toVersion,
  type SnapshotVersion,
} from './snapshot.policy.ts';

/** Something a snapshot said, with the snapshot's place in the order: of two, the newer counts. */
export interface Claim<T> {
  readonly version: SnapshotVersion;
  readonly value: T;
}

/** An authorisation, or a later adjustment of it, as the payment's own events tell it. */
export interface AuthorizationEvent {
  readonly atUs: bigint | undefined;
  readonly isAdjustment: boolean;
  readonly amountMinor: bigint;
}

/** The attempt of ours that led to a payment, and what was decided about it. */
export interface AttemptLink {
  readonly paymentAttemptId: string;
  readonly orderId: string;
  readonly amountMinor: bigint;
  readonly currency: string;
}

/**
 * What all evidence of one payment says, merged. Each field keeps the greatest of what was said in an order of its
 * own, so that merging is commutative, associative and idempotent: any order, duplication or grouping of the evidence
 * ends in the same facts.
 */
export interface PaymentFacts {
  /** The newest status of all, known to us or not. */
  readonly reported?: Claim<string>;
  /** The newest status that we know what to do with; the position is made from this one. */
  readonly status?: Claim<string>;
  readonly currency?: Claim<string>;
  readonly processorName?: Claim<string>;
  readonly orderId?: Claim<string>;
  readonly captured?: Claim<bigint>;
  readonly refunded?: Claim<bigint>;
  readonly finalCapture: boolean;
  readonly authorizationEvent?: AuthorizationEvent;
  /** API v1's `amountAuthorized`. */
  readonly authorizedStated?: Claim<bigint>;
  /** `amount` of a snapshot in status AUTHORIZED: from SETTLING on it means something else. */
  readonly authorizedWhileAuthorized?: Claim<bigint>;
  readonly attempt?: AttemptLink;
}

/** Before any evidence. */
export const NO_FACTS: PaymentFacts = { finalCapture: false };

/**
 * What one snapshot says. One with an unknown status says nothing that moves money: the books stay as they were, and
 * an alarm is raised by {@link findFlags}.
 */
export function toFacts(snapshot: PaymentSnapshot): PaymentFacts {
  const version = toVersion(snapshot);
  const claim = <T>(value: T | undefined): Claim<T> | undefined =>
    value === undefined ? undefined : { version, value };
  const reported = claim(snapshot.status);
  const orderId = claim(snapshot.orderId);
  if (!isKnownStatus(snapshot.status)) return compact({ reported, orderId, finalCapture: false });
  const isAuthorized = snapshot.status === 'AUTHORIZED';
  return compact({
    reported,
    orderId,
    status: claim(snapshot.status),
    currency: claim(snapshot.currency),
    processorName: claim(snapshot.processorName),
    captured: claim(toCaptured(snapshot)),
    refunded: claim(toAmount(snapshot.amountRefundedMinor)),
    finalCapture: hasFinalCapture(snapshot),
    authorizationEvent: newestAuthorization(snapshot),
    authorizedStated: claim(toAmount(snapshot.amountAuthorizedMinor)),
    authorizedWhileAuthorized: isAuthorized ? claim(toAmount(snapshot.amountMinor)) : undefined,
  });
}

/** What the outcome of one of our attempts says about the payment that it led to. */
export function toLinkFacts(attempt: AttemptLink): PaymentFacts {
  return { finalCapture: false, attempt };
}

/** What a snapshot says about the order that the payment is for. */
export function toOrderFacts(snapshot: PaymentSnapshot): PaymentFacts {
  const orderId =
    snapshot.orderId === undefined ? undefined : { version: toVersion(snapshot), value: snapshot.orderId };
  return compact({ finalCapture: false, orderId });
}

/** The join of two sets of facts. */
export function mergeFacts(a: PaymentFacts, b: PaymentFacts): PaymentFacts {
  return compact({
    reported: newer(a.reported, b.reported),
    status: newer(a.status, b.status),
    currency: newer(a.currency, b.currency),
    processorName: newer(a.processorName, b.processorName),
    orderId: newer(a.orderId, b.orderId),
    captured: newer(a.captured, b.captured),
    refunded: newer(a.refunded, b.refunded),
    finalCapture: a.finalCapture || b.finalCapture,
    authorizationEvent: greatest(a.authorizationEvent, b.authorizationEvent, compareAuthorizations),
    authorizedStated: newer(a.authorizedStated, b.authorizedStated),
    authorizedWhileAuthorized: newer(a.authorizedWhileAuthorized, b.authorizedWhileAuthorized),
    attempt: greatest(a.attempt, b.attempt, compareAttempts),
  });
}

/** Where the authorised amount is known from, best source first. */
export type AuthorizedFrom = 'event' | 'stated' | 'status' | 'decision' | 'unknown';

/** The amounts that the position is made from. Minor units. */
export interface SaleAmounts {
  readonly authorizedMinor: bigint;
  /** `decision`: assumed from what was decided; `unknown`: taken to be what was captured. */
  readonly authorizedFrom: AuthorizedFrom;
  readonly capturedMinor: bigint;
  readonly refundedMinor: bigint;
  /** No capture will follow. */
  readonly isFinal: boolean;
}

/** Weighs the sources of each amount. */
export function toSaleAmounts(facts: PaymentFacts): SaleAmounts {
  const capturedMinor = facts.captured?.value ?? 0n;
  const [authorizedFrom, authorized] = findAuthorized(facts);
  const authorizedMinor = authorized ?? capturedMinor;
  return {
    authorizedMinor,
    authorizedFrom,
    capturedMinor,
    refundedMinor: facts.refunded?.value ?? 0n,
    isFinal: facts.finalCapture || (capturedMinor > 0n && capturedMinor >= authorizedMinor),
  };
}

function findAuthorized(facts: PaymentFacts): [AuthorizedFrom, bigint | undefined] {
  if (facts.authorizationEvent) return ['event', facts.authorizationEvent.amountMinor];
  if (facts.authorizedStated) return ['stated', facts.authorizedStated.value];
  if (facts.authorizedWhileAuthorized) return ['status', facts.authorizedWhileAuthorized.value];
  if (facts.attempt) return ['decision', facts.attempt.amountMinor];
  return ['unknown', undefined];
}

function newestAuthorization(snapshot: PaymentSnapshot): AuthorizationEvent | undefined {
  let newest: AuthorizationEvent | undefined;
  for (const event of snapshot.events ?? []) {
    const isAdjustment = event.type === 'AUTHORIZATION_ADJUSTMENT_SUCCEEDED';
    const amountMinor = toAmount(event.amountMinor);
    if ((!isAdjustment && event.type !== 'AUTHORIZATION_SUCCEEDED') || amountMinor === undefined) continue;
    newest = greatest(newest, { atUs: toInstantUs(event.at), isAdjustment, amountMinor }, compareAuthorizations);
  }
  return newest;
}

function newer<T>(a: Claim<T> | undefined, b: Claim<T> | undefined): Claim<T> | undefined {
  return greatest(a, b, (one, other) => compareVersions(one.version, other.version));
}

/** Of two things said, the greater one; ties are between equal things, so either will do. */
function greatest<T>(a: T | undefined, b: T | undefined, compare: (a: T, b: T) => number): T | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return compare(a, b) >= 0 ? a : b;
}

function compareAuthorizations(a: AuthorizationEvent, b: AuthorizationEvent): number {
  return (
    compareBigints(a.atUs ?? UNDATED_US, b.atUs ?? UNDATED_US) ||
    Number(a.isAdjustment) - Number(b.isAdjustment) ||
    compareBigints(a.amountMinor, b.amountMinor)
  );
}

/** Two attempts never lead to one payment; should it be said all the same, every order must choose the same one. */
function compareAttempts(a: AttemptLink, b: AttemptLink): number {
  const text = (link: AttemptLink) =>
    JSON.stringify([link.paymentAttemptId, link.amountMinor.toString(), link.currency, link.orderId]);
  return text(a) < text(b) ? -1 : Number(text(a) > text(b));
}

/** Older than any instant a provider can write. */
const UNDATED_US = -(2n ** 63n);

function compareBigints(a: bigint, b: bigint): number {
  return a < b ? -1 : Number(a > b);
}

/** Without undefined fields, so that equal facts are deeply equal. */
function compact(facts: { [Key in keyof PaymentFacts]: PaymentFacts[Key] | undefined }): PaymentFacts {
  const said: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(facts)) {
    if (value !== undefined) said[name] = value;
  }
  return said as unknown as PaymentFacts;
}
