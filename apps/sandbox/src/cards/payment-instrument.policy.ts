import type { CardInstrument, PaymentInstrument } from './payment-instrument.types.ts';

export function isCard(instrument: PaymentInstrument): instrument is CardInstrument {
  return instrument.methodType === undefined;
}

/** What the journal may tell of a payment method. */
export function toTraceableFacts(instrument: PaymentInstrument): { last4Digits: string } | { methodType: string } {
  return isCard(instrument) ? { last4Digits: instrument.last4Digits } : { methodType: instrument.methodType };
}
