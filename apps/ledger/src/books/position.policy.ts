import { processorAccount, SALES_CLEARING } from './account.policy.ts';
import { toSaleAmounts, type PaymentFacts, type SaleAmounts } from './facts.policy.ts';
import { isKnownStatus } from './snapshot.policy.ts';
import type { Position, Posting } from './posting.types.ts';

/** Goes up whenever the same facts would give another position; every entry names the version that made it. */
export const POSITION_VERSION = 1;

/** What the table of a sale holds for one status. Minor units. */
interface SaleHoldings {
  /** Authorised and not captured, while it still can be captured. */
  readonly openHoldMinor: bigint;
  readonly capturedMinor: bigint;
  readonly settledMinor: bigint;
}

/**
 * What the books must hold because of a payment: a pure function of its facts, the sum of its aspects. For now that is
 * the sale; refunds and disputes are further aspects.
 */
export function toPosition(facts: PaymentFacts): Position {
  const currency = facts.currency?.value ?? facts.attempt?.currency;
  if (currency === undefined) return [];
  return toSalePosition(facts, currency).filter((posting) => posting.amountMinor !== 0n);
}

function toSalePosition(facts: PaymentFacts, currency: string): Posting[] {
  const { openHoldMinor, capturedMinor, settledMinor } = toSaleHoldings(facts.status?.value, toSaleAmounts(facts));
  const captured = processorAccount(facts.processorName?.value, 'captured');
  const settled = processorAccount(facts.processorName?.value, 'settled');
  return [
    { account: captured, currency, layer: 'pending', amountMinor: openHoldMinor },
    { account: SALES_CLEARING, currency, layer: 'pending', amountMinor: -openHoldMinor },
    { account: captured, currency, layer: 'posted', amountMinor: capturedMinor },
    { account: settled, currency, layer: 'posted', amountMinor: settledMinor },
    { account: SALES_CLEARING, currency, layer: 'posted', amountMinor: -capturedMinor - settledMinor },
  ];
}

function toSaleHoldings(status: string | undefined, amounts: SaleAmounts): SaleHoldings {
  const { authorizedMinor, capturedMinor, isFinal } = amounts;
  // More captured than authorised leaves no hold; it is flagged, never booked as a negative one.
  const restMinor = authorizedMinor > capturedMinor ? authorizedMinor - capturedMinor : 0n;
  switch (status) {
    case 'AUTHORIZED':
      return { openHoldMinor: restMinor, capturedMinor, settledMinor: 0n };
    case 'SETTLING':
    case 'PARTIALLY_SETTLED':
      return { openHoldMinor: isFinal ? 0n : restMinor, capturedMinor, settledMinor: 0n };
    case 'SETTLED':
      // The rest of the authorisation is released.
      return { openHoldMinor: 0n, capturedMinor: 0n, settledMinor: capturedMinor };
    case 'CANCELLED':
    case 'DECLINED':
    case 'FAILED':
      // Money that was captured stays captured, whatever the status says.
      return { openHoldMinor: 0n, capturedMinor, settledMinor: 0n };
    default:
      return { openHoldMinor: 0n, capturedMinor: 0n, settledMinor: 0n };
  }
}

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
  return flags;
}

/** Flags that reading the payment with its events may resolve. */
const RESOLVED_BY_READING: ReadonlySet<PaymentFlag> = new Set([
  'STATUS_UNKNOWN',
  'CURRENCY_UNKNOWN',
  'CAPTURED_MORE_THAN_AUTHORIZED',
  'CAPTURED_BUT_NOT_AUTHORIZED',
  'AUTHORIZATION_CHANGED',
]);

/** True when the payment should be read now rather than at its next turn. */
export function asksForReading(flags: readonly PaymentFlag[]): boolean {
  return flags.some((flag) => RESOLVED_BY_READING.has(flag));
}

/** The events we hold are older than an AUTHORIZED snapshot with another amount: an adjustment we have not seen. */
function hasChangedSinceEvents(facts: PaymentFacts): boolean {
  const { authorizationEvent: event, authorizedWhileAuthorized: snapshot } = facts;
  if (event?.atUs === undefined || snapshot?.version.updatedAtUs === undefined) return false;
  return snapshot.version.updatedAtUs > event.atUs && snapshot.value !== event.amountMinor;
}
