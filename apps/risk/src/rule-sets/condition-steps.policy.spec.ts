import { describe, expect, it } from '@jest/globals';
import { STEPS_MAX } from './condition-steps.policy.ts';
import { compileRuleSet } from './rule-set.policy.ts';
import { ruleSetDocument } from './rule-set.schema.ts';

const BINS = Array.from({ length: 1_000 }, (_, index) => `${400_000 + index}`);

function compile(...conditions: readonly string[]) {
  const document = {
    name: 'test',
    parameters: { bins: BINS, few: BINS.slice(0, 3), byBin: Object.fromEntries(BINS.map((bin) => [bin, 1])) },
    rules: conditions.map((when, index) => ({ name: `rule-${index}`, when, then: 'abort', reason: 'rule-matched' })),
    default: { then: 'approve', reason: 'no-rule-matched' },
  };
  return compileRuleSet({ written: document, document: ruleSetDocument.parse(document) });
}

function stepsOf(when: string): number {
  const compilation = compile(when);
  if ('problems' in compilation) throw new Error(JSON.stringify(compilation.problems));
  return compilation.ruleSet.rules[0]!.steps;
}

describe('the steps of a condition', () => {
  it.each<[string, number, number]>([
    ['order.amountMinor > 1', 1, 10],
    ['card.bin in parameters.bins', 1_000, 1_010],
    ['card.bin in parameters.byBin || parameters.byBin[card.bin] > 1', 1, 20],
    ['parameters.few.exists(bin, bin == card.bin)', 9, 30],
    ['parameters.bins.exists(bin, card.bin.startsWith(bin))', 3_000, 6_010],
    ['parameters.few.exists(few, parameters.bins.exists(bin, few == bin))', 9_000, 18_000],
    ['card.bin in (parameters.bins + parameters.bins + parameters.bins)', 9_000, 9_100],
  ])('of %s lie between %i and %i', (when, least, most) => {
    expect(stepsOf(when)).toBeGreaterThanOrEqual(least);
    expect(stepsOf(when)).toBeLessThanOrEqual(most);
  });

  it('are bounded for all conditions of a set together', () => {
    const nested = 'parameters.bins.exists(a, parameters.bins.all(b, a != b))';
    expect(compile('true', nested)).toMatchObject({
      problems: [{ path: ['rules'], message: expect.stringContaining(`at most ${STEPS_MAX}`) as unknown }],
    });
    const looksThrough = (times: number) => Array.from({ length: times }, () => 'card.bin in parameters.bins');
    expect(compile(...looksThrough(90))).toHaveProperty('ruleSet');
    expect(compile(...looksThrough(110))).toHaveProperty('problems');
  });

  it.each([
    ['cel.bind(a, parameters.bins, size(a + a) > 1)', 'the function bind is not available in rules'],
    ['size(parameters.bins.map(a, parameters.bins)) > 1', 'the function map is not available in rules'],
    ['size("a".split("")) > 1', 'the function split is not available in rules'],
    ['(parameters.bins + parameters.bins).exists(a, a == "b")', 'a loop goes through a list that has a name'],
  ])('have no bound in %s, which is refused', (when, message) => {
    expect(compile(when)).toMatchObject({ problems: [{ message: expect.stringContaining(message) as unknown }] });
  });
});
