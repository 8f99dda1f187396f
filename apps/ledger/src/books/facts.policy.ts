import type { PaymentDispute, PaymentSnapshot } from '@tollgate/contracts';
import { compact, greatest, newer, type Claim } from './claim.policy.ts';
import { mergeDisputes, toDisputes, type Disputes } from './dispute.policy.ts';
import { toInstantUs } from './instant.policy.ts';
import { compareBigints, compareOptional, compareTexts } from './order.policy.ts';
import { mergeRefunds, sumRefunds, toRefunds, type RefundFacts } from './refund.policy.ts';
import {
  hasFinalCapture,
  isKnownStatus,
  toAmount,
  toCaptured,
  toCapturedByEvents,
  toVersion,
} from './snapshot.policy.ts';

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
  /** The sum of the capture events, where a read has shown them: a final capture among these would be known. */
  readonly capturesTold?: Claim<bigint>;
  /** The provider's own sum of refunds; the books go by the refunds themselves. */
  readonly refunded?: Claim<bigint>;
  /** By the refund's id; a refund is a transaction of its own. */
  readonly refunds?: ReadonlyMap<string, RefundFacts>;
  readonly disputes?: Disputes;
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
 * an alarm is raised (`findFlags`).
 */
export function toFacts(snapshot: PaymentSnapshot): PaymentFacts {
  const version = toVersion(snapshot);
  const claim = <T>(value: T | undefined): Claim<T> | undefined =>
    value === undefined ? undefined : { version, value };
  const reported = claim(snapshot.status);
  const orderId = claim(snapshot.orderId);
  if (!isKnownStatus(snapshot.status)) return compact<PaymentFacts>({ reported, orderId, finalCapture: false });
  const isAuthorized = snapshot.status === 'AUTHORIZED';
  return compact<PaymentFacts>({
    reported,
    orderId,
    status: claim(snapshot.status),
    currency: claim(snapshot.currency),
    processorName: claim(snapshot.processorName),
    captured: claim(toCaptured(snapshot)),
    capturesTold: claim(toCapturedByEvents(snapshot)),
    refunded: claim(toAmount(snapshot.amountRefundedMinor)),
    refunds: toRefunds(snapshot),
    finalCapture: hasFinalCapture(snapshot),
    authorizationEvent: newestAuthorization(snapshot),
    authorizedStated: claim(toAmount(snapshot.amountAuthorizedMinor)),
    authorizedWhileAuthorized: isAuthorized ? claim(toAmount(snapshot.amountMinor)) : undefined,
  });
}

/** What a report of a dispute says about the payment that it is about. */
export function toDisputeFacts(dispute: PaymentDispute): PaymentFacts {
  return { finalCapture: false, disputes: toDisputes(dispute) };
}

/** What the outcome of one of our attempts says about the payment that it led to. */
export function toLinkFacts(attempt: AttemptLink): PaymentFacts {
  return { finalCapture: false, attempt };
}

/** What a snapshot says about the order that the payment is for. */
export function toOrderFacts(snapshot: PaymentSnapshot): PaymentFacts {
  const orderId =
    snapshot.orderId === undefined ? undefined : { version: toVersion(snapshot), value: snapshot.orderId };
  return compact<PaymentFacts>({ finalCapture: false, orderId });
}

/** The join of two sets of facts. */
export function mergeFacts(a: PaymentFacts, b: PaymentFacts): PaymentFacts {
  return compact<PaymentFacts>({
    reported: newer(a.reported, b.reported),
    status: newer(a.status, b.status),
    currency: newer(a.currency, b.currency),
    processorName: newer(a.processorName, b.processorName),
    orderId: newer(a.orderId, b.orderId),
    captured: newer(a.captured, b.captured),
    capturesTold: newer(a.capturesTold, b.capturesTold),
    refunded: newer(a.refunded, b.refunded),
    refunds: mergeRefunds(a.refunds, b.refunds),
    disputes: mergeDisputes(a.disputes, b.disputes),
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
  /** Given back or on its way; what the provider states where it tells of no single refund. */
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
    refundedMinor: facts.refunds ? sumRefunds(facts.refunds, ['under-way', 'settled']) : (facts.refunded?.value ?? 0n),
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

function compareAuthorizations(a: AuthorizationEvent, b: AuthorizationEvent): number {
  return (
    compareOptional(a.atUs, b.atUs) ||
    Number(a.isAdjustment) - Number(b.isAdjustment) ||
    compareBigints(a.amountMinor, b.amountMinor)
  );
}

/** Two attempts never lead to one payment; should it be said all the same, every order must choose the same one. */
function compareAttempts(a: AttemptLink, b: AttemptLink): number {
  const text = (link: AttemptLink) =>
    JSON.stringify([link.paymentAttemptId, link.amountMinor.toString(), link.currency, link.orderId]);
  return compareTexts(text(a), text(b));
}
