import { describe, expect, it } from '@jest/globals';
import { toTrialBalance, type FoldedBalance } from './trial-balance.policy.ts';

const line = (account: string, balanceMinor: bigint, parts: Partial<FoldedBalance> = {}): FoldedBalance => ({
  merchantId: 'm1',
  account,
  currency: 'EUR',
  layer: 'posted',
  balanceMinor,
  debitsMinor: balanceMinor > 0n ? balanceMinor : 0n,
  creditsMinor: balanceMinor < 0n ? balanceMinor : 0n,
  cachedMinor: balanceMinor,
  ...parts,
});

describe('a trial balance', () => {
  it('of no postings is balanced', () => {
    expect(toTrialBalance([])).toEqual({ balanced: true, cacheAgrees: true, sums: [], differences: [] });
  });

  it('sums each currency and layer by itself, and each account over its merchants', () => {
    const answer = toTrialBalance([
      line('processor:X:captured', 5n),
      line('processor:X:captured', 2n, { merchantId: 'm2' }),
      line('sales:clearing', -7n),
      line('sales:clearing', 0n, { layer: 'pending' }),
    ]);
    expect(answer).toMatchObject({ balanced: true, cacheAgrees: true });
    expect(answer.sums).toMatchObject([
      {
        currency: 'EUR',
        layer: 'posted',
        debitsMinor: '7',
        creditsMinor: '-7',
        sumMinor: '0',
        accounts: [
          { account: 'processor:X:captured', type: 'asset', balanceMinor: '7' },
          { account: 'sales:clearing', type: 'liability', balanceMinor: '-7' },
        ],
      },
      { currency: 'EUR', layer: 'pending', sumMinor: '0' },
    ]);
  });

  it('is not balanced when a sum is not zero', () => {
    expect(toTrialBalance([line('sales:clearing', -7n)])).toMatchObject({ balanced: false, cacheAgrees: true });
  });

  it('is not balanced when the cache tells something else than the postings', () => {
    const answer = toTrialBalance([line('bank:a', 7n, { cachedMinor: 8n }), line('sales:clearing', -7n)]);
    expect(answer).toMatchObject({ balanced: false, cacheAgrees: false, differences: [{ account: 'bank:a' }] });
  });

  it('says nothing about the cache of a past moment', () => {
    const past = [
      line('bank:a', 7n, { cachedMinor: undefined }),
      line('sales:clearing', -7n, { cachedMinor: undefined }),
    ];
    expect(toTrialBalance(past)).toMatchObject({ balanced: true, cacheAgrees: null });
  });
});
