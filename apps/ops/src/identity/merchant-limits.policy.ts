import type { MerchantSettings } from '@tollgate/persistence';
import { UsageError } from '../command-line/usage.errors.ts';

export type LimitedKind = keyof MerchantSettings['commandLimits'];

/** Up to where commands of one kind go through; nothing at all: no limit. */
export type Limits = NonNullable<MerchantSettings['commandLimits'][LimitedKind]>;

/** `EUR=50000,USD=60000`: the largest amounts, in minor units. @throws UsageError */
export function parseAmounts(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split(',').map((part) => {
      const [, currency, amountMinor] = /^([A-Z]{3})=(\d{1,18})$/.exec(part.trim()) ?? [];
      if (currency !== undefined && amountMinor !== undefined) return [currency, amountMinor];
      throw new UsageError(`--amount takes minor units by currency, for example EUR=50000,USD=60000, not "${part}"`);
    }),
  );
}

/** `--per-hour 20`. @throws UsageError */
export function parsePerHour(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new UsageError(`--per-hour takes a whole number, not "${text}"`);
}

/** `EUR:100000=2,EUR:500000=3`: from which amount, in minor units, how many people have to approve. @throws UsageError */
export function parseQuorum(text: string): MerchantSettings['approvalQuorum'] {
  return text.split(',').map((part) => {
    const [, currency, fromMinor, votes] = /^([A-Z]{3}):(\d{1,18})=(\d)$/.exec(part.trim()) ?? [];
    if (currency !== undefined && fromMinor !== undefined && votes !== undefined) {
      return { currency, fromMinor, votes: Number(votes) };
    }
    throw new UsageError(`--tiers takes people by currency and amount, for example EUR:100000=2, not "${part}"`);
  });
}

/** The limits with those of one kind in place of what they were. */
export function withLimits(
  { commandLimits }: MerchantSettings,
  kind: LimitedKind,
  limits: Limits | undefined,
): MerchantSettings['commandLimits'] {
  const { [kind]: _former, ...others } = commandLimits;
  return limits === undefined ? others : { ...others, [kind]: limits };
}

/** `refund: up to 50000 EUR, 20 an hour`. */
export function describeLimits({ commandLimits }: MerchantSettings): string[] {
  return Object.entries(commandLimits).map(([kind, { amountMaxMinor, perHourMax }]) => {
    const amounts = Object.entries(amountMaxMinor ?? {}).map(([currency, minor]) => `${minor} ${currency}`);
    const parts = [
      ...(amountMaxMinor === undefined ? [] : [`up to ${amounts.length === 0 ? 'nothing' : amounts.join(' or ')}`]),
      ...(perHourMax === undefined ? [] : [`${perHourMax} an hour`]),
    ];
    return `${kind}: ${parts.join(', ') || 'no limit'}`;
  });
}

/** `2 from 100000 EUR`. */
export function describeQuorum({ approvalQuorum }: MerchantSettings): string[] {
  return approvalQuorum.map(({ currency, fromMinor, votes }) => `${votes} from ${fromMinor} ${currency}`);
}
