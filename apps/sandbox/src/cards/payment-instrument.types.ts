import type { CardFacts, CardOutcome } from './card.policy.ts';

/** A tokenised card. The token buys one payment; `analyticsId` is the same for every token of one card. */
export interface CardInstrument extends CardFacts {
  readonly token: string;
  readonly analyticsId: string;
  readonly cardholderName: string;
  readonly expirationMonth: string;
  readonly expirationYear: string;
  readonly methodType?: undefined;
}

/**
 * Ways to pay that need no card: those of which Primer's sandbox has a mock. Its API names Sofort by the processor behind
 * it alone.
 */
export const ACCOUNT_TYPES = ['PAYPAL', 'KLARNA', 'ADYEN_SOFORT'] as const;
export type AccountType = (typeof ACCOUNT_TYPES)[number];

/** A shopper's account with somebody who pays. `analyticsId` is the same for every token of one account. */
export interface AccountInstrument {
  readonly token: string;
  readonly analyticsId: string;
  readonly methodType: AccountType;
  readonly emailAddress: string;
  /** What the account's own system calls this purchase, or the agreement on those to come. */
  readonly reference: string;
  readonly outcome: CardOutcome;
  readonly threeDSecure?: undefined;
}

export type PaymentInstrument = CardInstrument | AccountInstrument;
