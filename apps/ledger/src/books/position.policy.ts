import { CHARGEBACK_LOSSES, processorAccount, SALES_CLEARING, SALES_REFUNDS } from './account.policy.ts';
import { toDisputeEffect } from './dispute.policy.ts';
import { toSaleAmounts, type PaymentFacts, type SaleAmounts } from './facts.policy.ts';
import { sumPostings } from './posting-sum.policy.ts';
import type { Position, Posting } from './posting.types.ts';
import { toRefundState } from './refund.policy.ts';

/** Goes up whenever the same facts would give another position; every entry names the version that made it. */
export const POSITION_VERSION = 2;

/** What the table of a sale holds for one status. Minor units. */
interface SaleHoldings {
  /** Authorised and not captured, while it still can be captured. */
  readonly openHoldMinor: bigint;
  readonly capturedMinor: bigint;
  readonly settledMinor: bigint;
}

/**
 * What the books must hold because of a payment: a pure function of its facts, the sum of its aspects: the sale, each
 * refund, each dispute.
 */
export function toPosition(facts: PaymentFacts): Position {
  const currency = facts.currency?.value ?? facts.attempt?.currency;
  if (currency === undefined) return [];
  return sumPostings([
    ...toSalePosition(facts, currency),
    ...toRefundPositions(facts, currency),
    ...toDisputePositions(facts, currency),
  ]);
}

/** True for a payment that the provider holds or took an amount of 0 for, to check a card for example. */
export function isZeroSale(facts: PaymentFacts): boolean {
  const { authorizedFrom, authorizedMinor, capturedMinor } = toSaleAmounts(facts);
  const isHeld = HELD_STATUSES.has(facts.status?.value ?? '');
  return isHeld && authorizedFrom !== 'unknown' && authorizedMinor === 0n && capturedMinor === 0n;
}

const HELD_STATUSES: ReadonlySet<string> = new Set(['AUTHORIZED', 'SETTLING', 'PARTIALLY_SETTLED', 'SETTLED']);

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

/** A refund lowers what the processor owes us: promised while it is under way, for good once it has settled. */
function toRefundPositions(facts: PaymentFacts, saleCurrency: string): Posting[] {
  return [...(facts.refunds?.values() ?? [])].flatMap((refund): Posting[] => {
    const state = toRefundState(refund.status?.value);
    if (state === undefined || state === 'failed') return [];
    const currency = refund.currency?.value ?? saleCurrency;
    const settled = processorAccount(refund.processorName?.value ?? facts.processorName?.value, 'settled');
    const layer = state === 'settled' ? 'posted' : 'pending';
    const amountMinor = refund.amountMinor?.value ?? 0n;
    return [
      { account: SALES_REFUNDS, currency, layer, amountMinor },
      { account: settled, currency, layer, amountMinor: -amountMinor },
    ];
  });
}

/**
 * What a dispute withholds, or has cost. It waits for its payment: until the provider has spoken of that, nobody knows
 * which processor's balance it comes off.
 */
function toDisputePositions(facts: PaymentFacts, saleCurrency: string): Posting[] {
  if (facts.status === undefined) return [];
  const processorName = facts.processorName?.value;
  return [...(facts.disputes?.values() ?? [])].flatMap((dispute): Posting[] => {
    const effect = toDisputeEffect(dispute);
    if (effect === 'none') return [];
    const currency = dispute.currency?.value ?? saleCurrency;
    const amountMinor = dispute.amountMinor?.value ?? 0n;
    const account = effect === 'lost' ? CHARGEBACK_LOSSES : processorAccount(processorName, 'disputed');
    return [
      { account, currency, layer: 'posted', amountMinor },
      { account: processorAccount(processorName, 'settled'), currency, layer: 'posted', amountMinor: -amountMinor },
    ];
  });
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
