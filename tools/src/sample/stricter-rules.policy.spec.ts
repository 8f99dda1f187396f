import { describe, expect, it } from '@jest/globals';

import { toStricter } from './stricter-rules.policy.ts';

const LIVE = {
  name: 'default',
  velocity: [{ name: 'cards', by: 'card', windowSeconds: 60, limit: 3 }],
  rules: [{ name: 'amount-over-limit', when: 'order.amountMinor > 1000000', then: 'abort', reason: 'amount-limit' }],
  default: { then: 'approve', reason: 'no-rule-matched' },
};

describe('the stricter rule set of the sample', () => {
  it('is the live one with rules more, and says what new documents have to say', () => {
    const { name, rules, velocity, history, ...rest } = toStricter(LIVE)!;
    expect(name).toBe('default-stricter');
    expect(rules.map((rule) => rule.name)).toEqual(['amount-over-limit', 'large-order', 'card-declined-before']);
    expect(velocity).toEqual([{ ...LIVE.velocity[0], whenUnknown: 'ignore' }]);
    expect(history).toMatchObject({ card: { whenUnknown: 'review' } });
    expect(rest).toMatchObject({ default: LIVE.default });
  });

  it('keeps what the live set says of itself', () => {
    const said = { card: { whenUnknown: 'ignore' } };
    const counted = [{ ...LIVE.velocity[0]!, whenUnknown: 'review' }];
    expect(toStricter({ ...LIVE, history: said, velocity: counted })).toMatchObject({
      history: said,
      velocity: counted,
    });
  });

  it('is none once the live set has its rules', () => {
    expect(toStricter(toStricter(LIVE)!)).toBeUndefined();
  });
});
