import { describe, expect, it } from '@jest/globals';
import { backtestExample, differencesExample, recomputationExample } from '@tollgate/contracts';

import { checkRecomputation } from './rule-trial.command.ts';
import { formatTrial } from './rule-trial-report.ts';

const version = differencesExample.version;

describe('what the sample tells of its rules', () => {
  it('shows flips with counts and amounts, in the shadow and by the backtest, and where to see more', () => {
    const candidate = { version, differences: differencesExample, backtest: backtestExample.result! };
    const text = formatTrial({ recomputation: recomputationExample, candidate }, 'http://console');
    expect(text).toContain('12 of 1204 attempts differ');
    expect(text).toMatch(/APPROVE +REVIEW +12 +12 +1250000 EUR/);
    expect(text).toMatch(/not-small +review +12 +0 +1 of 4/);
    expect(text).toContain('1204 of 1204 the same to the byte');
    expect(text).toContain('http://console/rules/shadows');
    expect(text).toContain(`backtest ${version.slice(0, 12)}`);
  });

  it('without a candidate tells at least that every decision came out again', () => {
    const text = formatTrial({ recomputation: recomputationExample }, 'http://console');
    expect(text).toBe('Decisions made again from their records: 1204 of 1204 the same to the byte');
  });

  it.each([
    [{}, 0],
    [{ different: 1, same: 1203 }, 1],
    [{ unknownVersion: 2, same: 1202 }, 1],
  ])('finds the promise broken by any decision that cannot be made again: %j', (change, violations) => {
    expect(checkRecomputation({ ...recomputationExample, ...change }).violations).toHaveLength(violations);
  });
});
