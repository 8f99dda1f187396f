import type { CardFacts } from './card.policy.ts';

/** A tokenised card. The token buys one payment; `analyticsId` is the same for every token of one card. */
export interface PaymentInstrument extends CardFacts {
  readonly token: string;
  readonly analyticsId: string;
  readonly cardholderName: string;
  readonly expirationMonth: string;
  readonly expirationYear: string;
}
