/** What a card does when it is charged. */
export type CardOutcome = 'AUTHORISE' | 'DECLINE' | 'FAIL';

export type CardNetwork = 'VISA' | 'MASTERCARD' | 'CARTES_BANCAIRES' | 'AMEX' | 'OTHER';

/** What Primer keeps of a card; the full number goes no further than `describeCard`. */
export interface CardFacts {
  readonly first6Digits: string;
  readonly last4Digits: string;
  readonly network: CardNetwork;
  readonly accountFundingType: 'CREDIT' | 'DEBIT' | 'UNKNOWN';
  readonly outcome: CardOutcome;
  /** Whether the card's bank asks the shopper (a challenge), or says yes without asking; absent: 3-D Secure is not run. */
  readonly threeDSecure?: 'CHALLENGE' | 'FRICTIONLESS' | undefined;
}

/** The card that is used when a caller names none. */
export const DEFAULT_CARD_NUMBER = '4111111111111111';

type TestCard = readonly [
  cardNumber: string,
  network: CardNetwork,
  accountFundingType: CardFacts['accountFundingType'],
  outcome: CardOutcome,
  threeDSecure?: CardFacts['threeDSecure'],
];

/** The test cards of Primer's Sandbox Processor, from its pages "Testing" and "3D Secure". */
export const TEST_CARDS: readonly TestCard[] = [
  [DEFAULT_CARD_NUMBER, 'VISA', 'DEBIT', 'AUTHORISE'],
  ['4242424242424242', 'VISA', 'CREDIT', 'AUTHORISE'],
  ['5252525252525258', 'MASTERCARD', 'DEBIT', 'AUTHORISE'],
  ['5555555555554444', 'MASTERCARD', 'CREDIT', 'AUTHORISE'],
  ['4035500000000000', 'VISA', 'UNKNOWN', 'AUTHORISE'],
  ['5132000000000000', 'MASTERCARD', 'UNKNOWN', 'AUTHORISE'],
  ['4970000000000008', 'CARTES_BANCAIRES', 'UNKNOWN', 'AUTHORISE'],
  ['4000000000000002', 'VISA', 'UNKNOWN', 'DECLINE'],
  ['5100000000000008', 'MASTERCARD', 'UNKNOWN', 'DECLINE'],
  ['4000000000000010', 'VISA', 'UNKNOWN', 'FAIL'],
  ['5100000000000016', 'MASTERCARD', 'UNKNOWN', 'FAIL'],
  ['4916994064252017', 'VISA', 'UNKNOWN', 'AUTHORISE', 'CHALLENGE'],
  ['4000000000000051', 'VISA', 'UNKNOWN', 'AUTHORISE', 'CHALLENGE'],
  ['4929251897047956', 'VISA', 'UNKNOWN', 'AUTHORISE', 'FRICTIONLESS'],
];

const TEST_CARD_BY_NUMBER = new Map(TEST_CARDS.map((card) => [card[0], card]));

/** A card's network as payment objects and the browser event spell it; BIN data uses the capitals. */
export const NETWORK_NAMES: Readonly<Record<CardNetwork, string>> = {
  VISA: 'Visa',
  MASTERCARD: 'Mastercard',
  CARTES_BANCAIRES: 'Cartes Bancaires',
  AMEX: 'American Express',
  OTHER: 'Other',
};

/**
 * Reduces a card number to what may be kept of it. A number that is no test card makes the payment fail, as in
 * Primer's sandbox.
 */
export function describeCard(cardNumber: string): CardFacts {
  const testCard = TEST_CARD_BY_NUMBER.get(cardNumber);
  return {
    first6Digits: cardNumber.slice(0, 6),
    last4Digits: cardNumber.slice(-4),
    network: testCard?.[1] ?? guessNetwork(cardNumber),
    accountFundingType: testCard?.[2] ?? 'UNKNOWN',
    outcome: testCard?.[3] ?? 'FAIL',
    ...(testCard?.[4] && { threeDSecure: testCard[4] }),
  };
}

function guessNetwork(cardNumber: string): CardNetwork {
  if (cardNumber.startsWith('4')) return 'VISA';
  if (/^(?:5[1-5]|2[2-7])/.test(cardNumber)) return 'MASTERCARD';
  if (/^3[47]/.test(cardNumber)) return 'AMEX';
  return 'OTHER';
}
