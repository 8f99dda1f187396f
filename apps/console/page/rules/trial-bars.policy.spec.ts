import { expect, it } from '@jest/globals';
import { describeBars, placeParts, toDecisionBars, toFateBars } from './trial-bars.policy.ts';

const pair = (from: string, to: string, attempts: number) => ({ from, to, attempts, amounts: {} });

it('parts what was decided by what the other set says, and leaves out what was never decided', () => {
  const bars = toDecisionBars([
    pair('APPROVE', 'REVIEW', 12),
    pair('APPROVE', 'APPROVE', 88),
    pair('ABORT', 'ABORT', 3),
  ]);
  expect(bars.map(({ name, total }) => [name, total])).toEqual([
    ['decided APPROVE', 100],
    ['decided ABORT', 3],
  ]);
  expect(describeBars(bars)).toBe('decided APPROVE: 88 APPROVE, 12 REVIEW; decided ABORT: 3 ABORT');
});

it('parts the hits of each rule by what became of them, the rule with most hits first', () => {
  const figures = { then: 'review', errors: 0 };
  const bars = toFateBars([
    { ...figures, rule: 'quiet', hits: 0, fate: { known: 0, right: 0 } },
    { ...figures, rule: 'rare', hits: 2, fate: { known: 2, right: 2 } },
    { ...figures, rule: 'frequent', hits: 10, fate: { known: 4, right: 1 } },
  ]);
  expect(describeBars(bars)).toBe('frequent: 1 right, 3 wrong, 6 not known; rare: 2 right');
});

it('draws a part as wide as its share, and one of a million still so that it can be seen', () => {
  const part = (name: string, value: number) => ({ name, tone: 'plain' as const, value });
  const halves = placeParts({ name: 'halves', total: 4, parts: [part('a', 2), part('b', 0), part('c', 2)] });
  expect(halves.map(({ name, left, width }) => [name, left, width])).toEqual([
    ['a', 0, 50],
    ['c', 50, 50],
  ]);
  const [most, least] = placeParts({ name: 'rare', total: 1e6, parts: [part('most', 1e6 - 1), part('least', 1)] });
  expect(least?.width).toBeGreaterThan(0.5);
  expect((most?.width ?? 0) + (least?.width ?? 0)).toBeCloseTo(100);
});
