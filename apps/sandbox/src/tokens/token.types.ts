import type { PaymentInstrument } from '../cards/payment-instrument.types.ts';

/** SINGLE_USE buys one payment within fifteen minutes; MULTI_USE is vaulted and stays. */
export type TokenKind = 'SINGLE_USE' | 'MULTI_USE';

/** A token for `POST /payments`. The file recognises it by its digest; one that no payment shows is kept nowhere else. */
export interface PaymentMethodToken {
  readonly tenantId: string;
  readonly kind: TokenKind;
  readonly instrument: PaymentInstrument;
  /** The client session in which the card was tokenised; it can say what a payment is for. */
  readonly sessionId: string | undefined;
  readonly customerId: string | undefined;
  readonly expiresAtMicros: number | undefined;
  readonly usedAtMicros: number | undefined;
}
