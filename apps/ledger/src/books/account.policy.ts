/**
 * An account belongs to one merchant and one currency; its name says what it holds. Every posting on it has a layer.
 * Positive amounts are debits, negative ones credits.
 */
export type AccountType = 'asset' | 'liability' | 'contra-revenue' | 'expense' | 'clearing';

/** The other side of holds and captures: what the shop has sold and not yet been paid out. */
export const SALES_CLEARING = 'sales:clearing';

/** What was given back to shoppers. */
export const SALES_REFUNDS = 'sales:refunds';

/** What was lost to disputes. */
export const CHARGEBACK_LOSSES = 'losses:chargebacks';

/** Stands in until a payment names its processor; the balance moves when it does. */
export const UNKNOWN_PROCESSOR = 'unknown';

/** What a processor holds for us, by how far the money has come. */
export type ProcessorHolding = 'captured' | 'settled' | 'disputed';

/** `processor:ADYEN:captured`. Colons separate the parts of a name, so the provider's own ones are replaced. */
export function processorAccount(processorName: string | undefined, holding: ProcessorHolding): string {
  const name = (processorName ?? '').trim().replaceAll(':', '_');
  return `processor:${name === '' ? UNKNOWN_PROCESSOR : name}:${holding}`;
}

/** What kind of account a name stands for, by its first parts. */
export function accountType(name: string): AccountType {
  if (name.startsWith('processor:') || name.startsWith('bank:')) return 'asset';
  if (name === SALES_CLEARING) return 'liability';
  if (name === SALES_REFUNDS) return 'contra-revenue';
  if (name.startsWith('losses:') || name.startsWith('fees:')) return 'expense';
  return 'clearing';
}
