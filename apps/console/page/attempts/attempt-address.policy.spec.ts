import { describe, expect, it } from '@jest/globals';
import { toAttemptHref, toBookPaths, toSearchPath, toTracePaths } from './attempt-address.policy.ts';

const paymentAttemptId = '6c5d3a30-3c2e-4f55-9d8e-5b3d5e3a5c7f';

describe('attempt addresses', () => {
  it('a merchant that is known is named to every service, so that no shop is shown another one’s attempt', () => {
    const paths = [
      ...Object.values(toTracePaths({ paymentAttemptId, merchantId: 'shop b' })),
      ...Object.values(toBookPaths('pay/1', 'shop b', 200)),
      toSearchPath({ merchantId: 'shop b', customerId: '1001' }),
    ];
    for (const path of paths) {
      expect(new URL(path, 'http://service').searchParams.get('merchantId')).toBe('shop b');
    }
  });

  it('without one the services are asked for whoever has it', () => {
    expect(toTracePaths({ paymentAttemptId }).risk).toBe(`/v1/decisions/${paymentAttemptId}`);
    expect(toSearchPath({})).toBe('/v1/attempts');
  });

  it('the page’s own address of an attempt keeps its merchant', () => {
    expect(toAttemptHref({ paymentAttemptId, merchantId: 'a&b' })).toBe(`/attempts/${paymentAttemptId}?merchant=a%26b`);
  });
});
