import type { Features } from './rules-load.types.ts';

/** Kinds of conditions as people write them; each takes its turn with another number in it. */
const CONDITIONS: ReadonlyArray<(index: number) => string> = [
  (index) => `order.amountMinor > ${100_000 + index}`,
  (index) => `order.currency == "EUR" && card.network == "AMEX" && order.amountMinor > ${50_000 + index}`,
  (index) => `card.bin in ["99990${index % 10}", "99991${index % 10}"]`,
  () => 'velocity.customerAttempts > limits.customerAttempts',
  (index) => `card.issuerCountry != order.billingCountry && order.amountMinor > ${200_000 + index}`,
];

/** A rule set of so many rules, as JSON. */
export function candidateOf(rules: number): string {
  return JSON.stringify({
    name: 'benchmark',
    velocity: [{ name: 'customerAttempts', by: 'customer', windowSeconds: 600, limit: 20, whenUnknown: 'review' }],
    rules: Array.from({ length: rules }, (_, index) => ({
      name: `rule-${index}`,
      when: CONDITIONS[index % CONDITIONS.length]!(index),
      then: 'review',
      reason: 'review-required',
    })),
    default: { then: 'approve', reason: 'no-rule-matched' },
  });
}

/** Ordinary attempts: three of four with everything known, one in ten over the amounts of some rules. */
export function snapshotsOf(count: number): Features[] {
  return Array.from({ length: count }, (_, index): Features => {
    const isKnown = index % 4 !== 0;
    return {
      'attempt.browserLagSeconds': index % 5,
      'card.accountFundingType': isKnown ? 'CREDIT' : null,
      'card.bin': isKnown ? '411111' : null,
      'card.fingerprint': 'GPkzPFAHrUdhRxbgyQwGWJOJpSKhB7YoN1oTVXJ0jWQ',
      'card.issuerCountry': isKnown ? 'DE' : null,
      'card.network': 'VISA',
      'customer.id': `customer-${index}`,
      'instrument.type': 'PAYMENT_CARD',
      'lists.allowed': [],
      'lists.blocked': [],
      'order.amountMinor': `${index % 10 === 0 ? 150_000 : 4_200 + index}`,
      'order.billingCountry': isKnown ? 'DE' : null,
      'order.currency': 'EUR',
      'order.shippingCountry': null,
      'velocity.countByCustomer600s': 1 + (index % 3),
    };
  });
}
