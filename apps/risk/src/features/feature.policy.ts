import type { AttemptTokenisedData } from '@tollgate/contracts';
import type { SubjectHistory } from '../fates/fate.types.ts';
import type { VelocityKind } from '../velocity/velocity.types.ts';

/** Types a feature can have in a condition; they are CEL's own names. */
export type FeatureType = 'int' | 'string' | 'bool' | 'list<string>';

/** A feature's value as JSON. An `int` is a number, or a decimal string where it may pass 2^53 (amounts). */
export type FeatureValue = string | number | boolean | readonly string[] | null;

/**
 * Whose word a feature is. Only what the shop's server, the lists and risk's own records say can be relied on; what the
 * browser claims is a hint, never proof.
 */
export type FeatureSource = 'browser' | 'shop' | 'lists' | 'history' | 'clock';

interface FeatureDeclaration {
  readonly type: FeatureType;
  readonly source: FeatureSource;
  readonly meaning: string;
}

/**
 * Every feature that a condition may name, as `<group>.<name>`; velocities (`velocity.<name>`) are declared by the rule
 * set itself, and a snapshot holds them by what they measure.
 */
export const FEATURES = {
  'attempt.browserLagSeconds': {
    type: 'int',
    source: 'clock',
    meaning: "First receipt minus the browser's own timestamp",
  },
  'card.accountFundingType': { type: 'string', source: 'browser', meaning: 'CREDIT, DEBIT, PREPAID, … in capitals' },
  'card.bin': { type: 'string', source: 'browser', meaning: 'First six digits of the card number' },
  'card.fingerprint': {
    type: 'string',
    source: 'browser',
    meaning: "Keyed hash of Primer's analyticsId; tells cards apart, names none",
  },
  'card.issuerCountry': { type: 'string', source: 'browser', meaning: 'ISO 3166-1 alpha-2 country of the issuer' },
  'card.last4': { type: 'string', source: 'browser', meaning: 'Last four digits of the card number' },
  'card.network': { type: 'string', source: 'browser', meaning: 'VISA, MASTERCARD, … in capitals' },
  'customer.emailHash': { type: 'string', source: 'shop', meaning: 'Keyed hash of the e-mail address' },
  'customer.id': { type: 'string', source: 'shop', meaning: "The shop's id of the customer" },
  'history.cardAborted': { type: 'int', source: 'history', meaning: 'Earlier attempts of the card that were aborted' },
  'history.cardAgeSeconds': {
    type: 'int',
    source: 'history',
    meaning: 'Since the first attempt of the card; 0 at the first',
  },
  'history.cardApproved': {
    type: 'int',
    source: 'history',
    meaning: 'Earlier attempts of the card that became payments',
  },
  'history.cardDeclined': { type: 'int', source: 'history', meaning: 'Payments of the card that were declined' },
  'history.cardDisputed': { type: 'int', source: 'history', meaning: 'Payments of the card that were disputed' },
  'history.cardMismatched': {
    type: 'list<string>',
    source: 'history',
    meaning: 'What earlier payments of the card showed otherwise than claimed: amount, bin, country, last4, network',
  },
  'history.cardRefunded': { type: 'int', source: 'history', meaning: 'Payments of the card that were refunded' },
  'history.customerAborted': {
    type: 'int',
    source: 'history',
    meaning: 'Earlier attempts of the customer that were aborted',
  },
  'history.customerAgeSeconds': {
    type: 'int',
    source: 'history',
    meaning: 'Since the first attempt of the customer; 0 at the first',
  },
  'history.customerApproved': {
    type: 'int',
    source: 'history',
    meaning: 'Earlier attempts of the customer that became payments',
  },
  'history.customerDeclined': {
    type: 'int',
    source: 'history',
    meaning: 'Payments of the customer that were declined',
  },
  'history.customerDisputed': {
    type: 'int',
    source: 'history',
    meaning: 'Payments of the customer that were disputed',
  },
  'history.customerMismatched': {
    type: 'list<string>',
    source: 'history',
    meaning:
      'What earlier payments of the customer showed otherwise than claimed: amount, bin, country, last4, network',
  },
  'history.customerRefunded': {
    type: 'int',
    source: 'history',
    meaning: 'Payments of the customer that were refunded',
  },
  'instrument.type': { type: 'string', source: 'browser', meaning: 'PAYMENT_CARD, PAYPAL_ORDER, …' },
  'lists.allowed': {
    type: 'list<string>',
    source: 'lists',
    meaning: 'Kinds of entry by which the attempt is on the allow list',
  },
  'lists.blocked': {
    type: 'list<string>',
    source: 'lists',
    meaning: 'Kinds of entry by which the attempt is on the block list',
  },
  'lists.watched': {
    type: 'list<string>',
    source: 'lists',
    meaning: 'Kinds of entry by which the attempt is on the watch list',
  },
  'order.amountMinor': { type: 'int', source: 'shop', meaning: 'Amount in minor units of the currency' },
  'order.billingCountry': { type: 'string', source: 'shop', meaning: 'ISO 3166-1 alpha-2' },
  'order.currency': { type: 'string', source: 'shop', meaning: 'ISO 4217' },
  'order.shippingCountry': { type: 'string', source: 'shop', meaning: 'ISO 3166-1 alpha-2' },
  'shopper.deviceHash': { type: 'string', source: 'shop', meaning: "Keyed hash of the shop's id of the device" },
  'shopper.ipHash': {
    type: 'string',
    source: 'shop',
    meaning: 'Keyed hash of the IPv4 address, or of the /64 network of an IPv6 address',
  },
} as const satisfies Record<string, FeatureDeclaration>;

type FeatureName = keyof typeof FEATURES;

/** What an attempt names of each kind; null where nothing is known. Personal values are keyed hashes. */
export type AttemptValues = Readonly<Record<VelocityKind, string | null>>;

/**
 * Everything a rule set gets to see of one attempt, by feature name and in the order of the names. What is not known is
 * there as null, so that a snapshot says of each feature that it was looked for.
 */
export type FeatureSnapshot = Readonly<Record<string, FeatureValue>>;

/** Kinds of subject whose history is told. */
export type RememberedKind = 'card' | 'customer';

/** Whose history a feature tells; undefined for one that tells none. It is null where the attempt names nobody. */
export function rememberedKindOf(feature: string): RememberedKind | undefined {
  return (['card', 'customer'] as const).find((kind) => feature.startsWith(`history.${kind}`));
}

/** A card or a customer that was seen before. */
export interface RememberedSubject extends SubjectHistory {
  /** Unix milliseconds. */
  readonly firstSeenMs: number;
}

/** What risk itself knows about an attempt, beside what the attempt says. */
export interface AttemptContext {
  /** What it names of each kind. */
  readonly values: AttemptValues;
  readonly receivedAt: Date;
  /** Kinds of list entry that match, sorted. */
  readonly allowedBy: readonly string[];
  readonly blockedBy: readonly string[];
  readonly watchedBy: readonly string[];
  /** What it is remembered by of each kind; absent where the attempt names none, or it is seen for the first time. */
  readonly history: Readonly<Partial<Record<RememberedKind, RememberedSubject>>>;
  /** Velocities by feature name, this attempt included; null where the attempt has nothing to count by. */
  readonly velocity: Readonly<Record<string, number | string | null>>;
}

/** Takes the snapshot on which an attempt is decided. Pure: the same attempt and context give the same bytes. */
export function toFeatureSnapshot(attempt: AttemptTokenisedData, context: AttemptContext): FeatureSnapshot {
  const { order, paymentMethod } = attempt;
  const features: Record<FeatureName, FeatureValue> = {
    'attempt.browserLagSeconds': browserLagSeconds(attempt.sdkTimestamp, context.receivedAt),
    'card.accountFundingType': paymentMethod.accountFundingType?.toUpperCase() ?? null,
    'card.bin': context.values.bin,
    'card.fingerprint': context.values.card,
    'card.issuerCountry': paymentMethod.issuerCountry ?? null,
    'card.last4': paymentMethod.last4 ?? null,
    'card.network': paymentMethod.network?.toUpperCase() ?? null,
    'customer.emailHash': context.values.email,
    'customer.id': context.values.customer,
    ...toHistoryFeatures('card', context),
    ...toHistoryFeatures('customer', context),
    'instrument.type': paymentMethod.paymentInstrumentType ?? null,
    'lists.allowed': context.allowedBy,
    'lists.blocked': context.blockedBy,
    'lists.watched': context.watchedBy,
    'order.amountMinor': order.amountMinor,
    'order.billingCountry': order.billingCountry ?? null,
    'order.currency': order.currency,
    'order.shippingCountry': order.shippingCountry ?? null,
    'shopper.deviceHash': context.values.device,
    'shopper.ipHash': context.values.ip,
  };
  const velocity = Object.entries(context.velocity).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { ...features, ...Object.fromEntries(velocity) };
}

type HistoryFeature<Kind extends RememberedKind> = Extract<FeatureName, `history.${Kind}${string}`>;

/** Zeros at the first attempt; null where there is nobody to remember. */
function toHistoryFeatures<Kind extends RememberedKind>(
  kind: Kind,
  { values, history, receivedAt }: AttemptContext,
): Record<HistoryFeature<Kind>, FeatureValue> {
  const isKnown = values[kind] !== null;
  const subject = history[kind];
  const count = (value: number | undefined) => (isKnown ? (value ?? 0) : null);
  const receivedMs = receivedAt.getTime();
  const ageMs = Math.max(0, receivedMs - (subject?.firstSeenMs ?? receivedMs));
  return {
    [`history.${kind}Aborted`]: count(subject?.aborted),
    [`history.${kind}AgeSeconds`]: count(Math.floor(ageMs / 1000)),
    [`history.${kind}Approved`]: count(subject?.approved),
    [`history.${kind}Declined`]: count(subject?.declined),
    [`history.${kind}Disputed`]: count(subject?.disputed),
    [`history.${kind}Mismatched`]: isKnown ? (subject?.mismatched ?? []) : null,
    [`history.${kind}Refunded`]: count(subject?.refunded),
  } as Record<HistoryFeature<Kind>, FeatureValue>;
}

/** Null where the browser's word is absent or no sensible number of Unix seconds. */
function browserLagSeconds(sdkTimestamp: number | undefined, receivedAt: Date): number | null {
  if (sdkTimestamp === undefined) return null;
  const lagSeconds = Math.round(receivedAt.getTime() / 1000 - sdkTimestamp);
  return Number.isSafeInteger(lagSeconds) ? lagSeconds : null;
}
