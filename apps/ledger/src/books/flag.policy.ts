import { toSaleAmounts, type PaymentFacts } from './facts.policy.ts';
import { agreesWithRefunds, lacksAmount } from './refund.policy.ts';
import { isKnownStatus } from './snapshot.policy.ts';

/** What an operator should know about a payment's facts. */
export const PAYMENT_FLAGS = [
  'UNGATED_PAYMENT',
  'STATUS_UNKNOWN',
  'CURRENCY_UNKNOWN',
  'AUTHORIZED_ASSUMED',
  'CAPTURED_MORE_THAN_AUTHORIZED',
  'CAPTURED_BUT_NOT_AUTHORIZED',
  'AUTHORIZATION_CHANGED',
  'CURRENCY_DIFFERS_FROM_DECIDED',
  'REFUND_STATUS_UNKNOWN',
  'REFUND_AMOUNT_UNKNOWN',
  'REFUNDS_DIFFER',
  'REFUNDED_MORE_THAN_CAPTURED',
  'DISPUTE_STATUS_UNKNOWN',
] as const;
export type PaymentFlag = (typeof PAYMENT_FLAGS)[number];

/** Names what is odd about the facts. None of it keeps the payment out of the books. */
export function findFlags(facts: PaymentFacts): PaymentFlag[] {
  const flags: PaymentFlag[] = [];
  const { authorizedFrom, authorizedMinor, capturedMinor } = toSaleAmounts(facts);
  const { status, reported, currency, attempt } = facts;
  const isRefused = status?.value === 'DECLINED' || status?.value === 'FAILED';
  if (attempt === undefined) flags.push('UNGATED_PAYMENT');
  if (reported !== undefined && !isKnownStatus(reported.value)) flags.push('STATUS_UNKNOWN');
  if (currency === undefined) flags.push('CURRENCY_UNKNOWN');
  if (authorizedFrom === 'decision') flags.push('AUTHORIZED_ASSUMED');
  if (capturedMinor > authorizedMinor) flags.push('CAPTURED_MORE_THAN_AUTHORIZED');
  if (isRefused && capturedMinor > 0n) flags.push('CAPTURED_BUT_NOT_AUTHORIZED');
  if (hasChangedSinceEvents(facts)) flags.push('AUTHORIZATION_CHANGED');
  if (currency && attempt && currency.value !== attempt.currency) flags.push('CURRENCY_DIFFERS_FROM_DECIDED');
  return [...flags, ...findRefundFlags(facts), ...findDisputeFlags(facts)];
}

function findRefundFlags(facts: PaymentFacts): PaymentFlag[] {
  const flags: PaymentFlag[] = [];
  const refunds = [...(facts.refunds?.values() ?? [])];
  const { capturedMinor, refundedMinor } = toSaleAmounts(facts);
  if (refunds.some((refund) => refund.reported?.value !== refund.status?.value)) flags.push('REFUND_STATUS_UNKNOWN');
  if (refunds.some(lacksAmount)) flags.push('REFUND_AMOUNT_UNKNOWN');
  if (facts.refunded !== undefined && !agreesWithRefunds(facts.refunded.value, facts.refunds)) {
    flags.push('REFUNDS_DIFFER');
  }
  if (refundedMinor > capturedMinor) flags.push('REFUNDED_MORE_THAN_CAPTURED');
  return flags;
}

function findDisputeFlags({ disputes }: PaymentFacts): PaymentFlag[] {
  const isUnknown = [...(disputes?.values() ?? [])].some(({ reported, standing }) => reported !== standing);
  return isUnknown ? ['DISPUTE_STATUS_UNKNOWN'] : [];
}

/** Flags that reading the payment with its events may resolve. */
const RESOLVED_BY_READING: ReadonlySet<PaymentFlag> = new Set([
  'STATUS_UNKNOWN',
  'CURRENCY_UNKNOWN',
  'CAPTURED_MORE_THAN_AUTHORIZED',
  'CAPTURED_BUT_NOT_AUTHORIZED',
  'AUTHORIZATION_CHANGED',
  'REFUND_STATUS_UNKNOWN',
  'REFUND_AMOUNT_UNKNOWN',
  'REFUNDS_DIFFER',
  'REFUNDED_MORE_THAN_CAPTURED',
]);

/** True when the payment should be read now rather than at its next turn. */
export function asksForReading(facts: PaymentFacts, flags: readonly PaymentFlag[]): boolean {
  return flags.some((flag) => RESOLVED_BY_READING.has(flag)) || isFinalityUnknown(facts);
}

/**
 * A part was captured and no event says whether more can follow: webhooks carry no events, so only a read can tell
 * whether the rest of the hold is still open.
 */
function isFinalityUnknown(facts: PaymentFacts): boolean {
  const { status, capturesTold } = facts;
  const { authorizedMinor, capturedMinor, isFinal } = toSaleAmounts(facts);
  const isPartial = capturedMinor > 0n && capturedMinor < authorizedMinor && !isFinal;
  const mayHoldRest = status?.value === 'SETTLING' || status?.value === 'PARTIALLY_SETTLED';
  return isPartial && mayHoldRest && capturesTold?.value !== capturedMinor;
}

/** The events we hold are older than an AUTHORIZED snapshot with another amount: an adjustment we have not seen. */
function hasChangedSinceEvents(facts: PaymentFacts): boolean {
  const { authorizationEvent: event, authorizedWhileAuthorized: snapshot } = facts;
  if (event?.atUs === undefined || snapshot?.version.updatedAtUs === undefined) return false;
  return snapshot.version.updatedAtUs > event.atUs && snapshot.value !== event.amountMinor;
}
