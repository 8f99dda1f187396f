import type { TrialBalanceAnswer } from '@tollgate/contracts';
import { accountType } from '../books/account.policy.ts';
import type { Layer } from '../books/posting.types.ts';

/** All postings of one account and layer, summed; beside it the cached balance where the present is asked for. */
export interface FoldedBalance {
  readonly merchantId: string;
  readonly account: string;
  readonly currency: string;
  readonly layer: Layer;
  readonly balanceMinor: bigint;
  readonly debitsMinor: bigint;
  readonly creditsMinor: bigint;
  readonly cachedMinor: bigint | undefined;
}

/** Debits and credits per currency and layer, and whether the cache tells the same as the postings. */
export function toTrialBalance(folded: readonly FoldedBalance[]): TrialBalanceAnswer {
  const groups = Map.groupBy(folded, ({ currency, layer }) => `${currency} ${layer}`);
  const sums = [...groups.values()].flatMap((group) => (group[0] === undefined ? [] : [toSum(group[0], group)]));
  const isPresent = folded.every((balance) => balance.cachedMinor !== undefined);
  const differences = folded.filter(
    ({ cachedMinor, balanceMinor }) => cachedMinor !== undefined && cachedMinor !== balanceMinor,
  );
  return {
    balanced: sums.every((sum) => sum.balanced) && differences.length === 0,
    cacheAgrees: isPresent ? differences.length === 0 : null,
    sums,
    differences: differences.map(({ merchantId, account, currency, layer, cachedMinor = 0n, balanceMinor }) => ({
      merchantId,
      account,
      currency,
      layer,
      cachedMinor: cachedMinor.toString(),
      foldedMinor: balanceMinor.toString(),
    })),
  };
}

function toSum(
  { currency, layer }: FoldedBalance,
  group: readonly FoldedBalance[],
): TrialBalanceAnswer['sums'][number] {
  const add = (valueOf: (balance: FoldedBalance) => bigint) =>
    group.reduce((sum, balance) => sum + valueOf(balance), 0n);
  const sumMinor = add((balance) => balance.balanceMinor);
  return {
    currency,
    layer,
    debitsMinor: add((balance) => balance.debitsMinor).toString(),
    creditsMinor: add((balance) => balance.creditsMinor).toString(),
    sumMinor: sumMinor.toString(),
    balanced: sumMinor === 0n,
    accounts: [...Map.groupBy(group, (balance) => balance.account)].map(([account, ofMerchants]) => ({
      account,
      type: accountType(account),
      balanceMinor: ofMerchants.reduce((sum, balance) => sum + balance.balanceMinor, 0n).toString(),
    })),
  };
}
