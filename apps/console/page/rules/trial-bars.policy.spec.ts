import { expect, it } from '@jest/globals';
import { backtestExample, type BacktestResult } from '@tollgate/contracts';
import { describeBars, placeParts, toBecameBars, toDecisionBars, toFateBars } from './trial-bars.policy.ts';

const RESULT = backtestExample.result!;
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
  const rule = (name: string, hits: number, known: number, right: number): BacktestResult['rules'][number] => {
    const fate = { ...RESULT.rules[0]!.fate, known, right };
    return { rule: name, then: 'review', errors: 0, hits, fate };
  };
  const bars = toFateBars([rule('quiet', 0, 0, 0), rule('rare', 2, 2, 2), rule('frequent', 10, 4, 1)]);
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

it('parts each difference by what became of the attempts, where that is known', () => {
  const [flip] = RESULT.decisions;
  const none = { attempts: 0, amounts: {} };
  const unknown = { known: 0, kept: none, declined: none, refunded: none, disputed: none };
  const bars = toBecameBars([flip!, { ...flip!, to: 'ABORT', fate: unknown }]);
  expect(describeBars(bars)).toBe('APPROVE → REVIEW: 3 kept, 1 disputed');
});
