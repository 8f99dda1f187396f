import type { ProviderDispute, ProviderMoney, ProviderPayment } from './world.types.ts';

/** Payments on which the processor still holds what was authorised and not captured. */
const HOLDING = new Set(['AUTHORIZED', 'SETTLING', 'PARTIALLY_SETTLED']);
const NOT_GIVEN_BACK = new Set(['FAILED', 'DECLINED', 'CANCELLED']);

/**
 * What the books must hold for a payment by the provider's own record: `account layer` to minor units, nothing of 0, the
 * processor's name left out of the accounts. Written anew from the documents, not taken from the ledger, which it judges.
 */
export function toExpectedBooks(payment: ProviderPayment): Map<string, bigint> {
  const { status } = payment;
  const money = payment.money ?? untouched(payment);
  const held = HOLDING.has(status) && !(money.isFinal && status !== 'AUTHORIZED') ? openHold(money) : 0n;
  const isSettled = status === 'SETTLED';
  const refunded = (isDone: boolean) =>
    sum(
      money.refunds.filter((refund) => !NOT_GIVEN_BACK.has(refund.status) && (refund.status === 'SETTLED') === isDone),
    );
  const [withheld, lost] = [sum(money.disputes.filter(isOpen)), sum(money.disputes.filter(isLost))];
  const lines: [string, bigint][] = [
    ['processor:captured pending', held],
    ['sales:clearing pending', -held],
    ['processor:captured posted', isSettled ? 0n : money.capturedMinor],
    ['processor:settled posted', (isSettled ? money.capturedMinor : 0n) - refunded(true) - withheld - lost],
    ['sales:clearing posted', -money.capturedMinor],
    ['sales:refunds posted', refunded(true)],
    ['sales:refunds pending', refunded(false)],
    ['processor:settled pending', -refunded(false)],
    ['processor:disputed posted', withheld],
    ['losses:chargebacks posted', lost],
  ];
  return new Map(lines.filter(([, amountMinor]) => amountMinor !== 0n));
}

/** A payment on which nothing was done yet: whatever is authorised is held. */
function untouched({ amountMinor }: ProviderPayment): ProviderMoney {
  return { authorizedMinor: amountMinor, capturedMinor: 0n, isFinal: false, refunds: [], disputes: [] };
}

function openHold({ authorizedMinor, capturedMinor }: ProviderMoney): bigint {
  return authorizedMinor > capturedMinor ? authorizedMinor - capturedMinor : 0n;
}

function isOpen({ type, status }: ProviderDispute): boolean {
  return type !== 'RETRIEVAL' && (status === 'OPEN' || status === 'CHALLENGED');
}

function isLost({ type, status }: ProviderDispute): boolean {
  return type !== 'RETRIEVAL' && (status === 'ACCEPTED' || status === 'EXPIRED' || status === 'LOST');
}

function sum(parts: readonly { amountMinor: bigint }[]): bigint {
  return parts.reduce((total, { amountMinor }) => total + amountMinor, 0n);
}
