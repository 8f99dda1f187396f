import type { MerchantSettings } from '@tollgate/persistence';

/** How many people have to approve this amount: the most that any of the merchant's tiers asks for; else one. */
export function toVotesRequired(
  settings: Pick<MerchantSettings, 'approvalQuorum'> | undefined,
  amount: { readonly amountMinor: string | null; readonly currency: string | null },
): number {
  const { amountMinor, currency } = amount;
  if (settings === undefined || amountMinor === null || currency === null) {
    return 1;
  }
  const fitting = settings.approvalQuorum.filter(
    (tier) => tier.currency === currency && BigInt(amountMinor) >= BigInt(tier.fromMinor),
  );
  return Math.max(1, ...fitting.map(({ votes }) => votes));
}
