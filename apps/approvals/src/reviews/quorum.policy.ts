import type { MerchantSettings } from '@tollgate/persistence';

/**
 * How many people have to approve this amount: the most that any of the merchant's tiers asks for; else one. What
 * cannot be measured takes as many as the merchant's strictest tier.
 */
export function toVotesRequired(
  { approvalQuorum }: Pick<MerchantSettings, 'approvalQuorum'>,
  { amountMinor, currency }: { readonly amountMinor: string; readonly currency: string | null },
): number {
  const fitting = approvalQuorum.filter(
    (tier) => currency === null || (tier.currency === currency && BigInt(amountMinor) >= BigInt(tier.fromMinor)),
  );
  return Math.max(1, ...fitting.map(({ votes }) => votes));
}
