import type { AttemptTokenisedData } from '@tollgate/contracts';

/** Types a feature can have in a condition; they are CEL's own names. */
export type FeatureType = 'int' | 'string' | 'bool' | 'list<string>';

/** A feature's value as JSON. An `int` is a number, or a decimal string where it may pass 2^53 (amounts). */
export type FeatureValue = string | number | boolean | readonly string[] | null;

interface FeatureDeclaration {
  readonly type: FeatureType;
  readonly meaning: string;
}

/**
 * Every feature that a condition may name, as `<group>.<name>`; velocities (`velocity.<name>`) are declared by the rule
 * set itself, and a snapshot holds them by what they measure. All but the order is
 * what the browser asserted: a hint, never proof.
 */
export const FEATURES = {
  'attempt.browserLagSeconds': { type: 'int', meaning: "First receipt minus the browser's own timestamp" },
  'card.accountFundingType': { type: 'string', meaning: 'CREDIT, DEBIT, PREPAID, … in capitals' },
  'card.bin': { type: 'string', meaning: 'First six digits of the card number' },
  'card.fingerprint': { type: 'string', meaning: "Keyed hash of Primer's analyticsId; tells cards apart, names none" },
  'card.issuerCountry': { type: 'string', meaning: 'ISO 3166-1 alpha-2 country of the issuer' },
  'card.network': { type: 'string', meaning: 'VISA, MASTERCARD, … in capitals' },
  'customer.id': { type: 'string', meaning: "The shop's id of the customer" },
  'instrument.type': { type: 'string', meaning: 'PAYMENT_CARD, PAYPAL_ORDER, …' },
  'lists.allowed': { type: 'list<string>', meaning: 'Kinds of entry by which the attempt is on the allow list' },
  'lists.blocked': { type: 'list<string>', meaning: 'Kinds of entry by which the attempt is on the block list' },
  'order.amountMinor': { type: 'int', meaning: 'Amount in minor units of the currency' },
  'order.billingCountry': { type: 'string', meaning: 'ISO 3166-1 alpha-2' },
  'order.currency': { type: 'string', meaning: 'ISO 4217' },
  'order.shippingCountry': { type: 'string', meaning: 'ISO 3166-1 alpha-2' },
} as const satisfies Record<string, FeatureDeclaration>;

type FeatureName = keyof typeof FEATURES;

/**
 * Everything a rule set gets to see of one attempt, by feature name and in the order of the names. What is not known is
 * there as null, so that a snapshot says of each feature that it was looked for.
 */
export type FeatureSnapshot = Readonly<Record<string, FeatureValue>>;

/** What risk itself knows about an attempt, beside what the attempt says. */
export interface AttemptContext {
  /** See {@link toCardFingerprint}. */
  readonly cardFingerprint: string | null;
  readonly receivedAt: Date;
  /** Kinds of list entry that match, sorted. */
  readonly allowedBy: readonly string[];
  readonly blockedBy: readonly string[];
  /** Velocities by feature name, this attempt included; null where the attempt has nothing to count by. */
  readonly velocity: Readonly<Record<string, number | string | null>>;
}

/** Takes the snapshot on which an attempt is decided. Pure: the same attempt and context give the same bytes. */
export function toFeatureSnapshot(attempt: AttemptTokenisedData, context: AttemptContext): FeatureSnapshot {
  const { order, paymentMethod } = attempt;
  const features: Record<FeatureName, FeatureValue> = {
    'attempt.browserLagSeconds': browserLagSeconds(attempt.sdkTimestamp, context.receivedAt),
    'card.accountFundingType': paymentMethod.accountFundingType?.toUpperCase() ?? null,
    'card.bin': paymentMethod.bin ?? null,
    'card.fingerprint': context.cardFingerprint,
    'card.issuerCountry': paymentMethod.issuerCountry ?? null,
    'card.network': paymentMethod.network?.toUpperCase() ?? null,
    'customer.id': order.customerId ?? null,
    'instrument.type': paymentMethod.paymentInstrumentType ?? null,
    'lists.allowed': context.allowedBy,
    'lists.blocked': context.blockedBy,
    'order.amountMinor': order.amountMinor,
    'order.billingCountry': order.billingCountry ?? null,
    'order.currency': order.currency,
    'order.shippingCountry': order.shippingCountry ?? null,
  };
  const velocity = Object.entries(context.velocity).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { ...features, ...Object.fromEntries(velocity) };
}

/** Null where the browser's word is absent or no sensible number of Unix seconds. */
function browserLagSeconds(sdkTimestamp: number | undefined, receivedAt: Date): number | null {
  if (sdkTimestamp === undefined) return null;
  const lagSeconds = Math.round(receivedAt.getTime() / 1000 - sdkTimestamp);
  return Number.isSafeInteger(lagSeconds) ? lagSeconds : null;
}
