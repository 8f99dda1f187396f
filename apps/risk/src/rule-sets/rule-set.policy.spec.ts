import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compileRuleSet, evaluate, toRuleEvaluation } from './rule-set.policy.ts';
import { ruleSetDocument } from './rule-set.schema.ts';
import type { FeatureSnapshot } from './feature.policy.ts';
import type { RuleSet, RuleSetProblem } from './rule-set.types.ts';

const KNOWN: FeatureSnapshot = {
  'card.bin': '411111',
  'card.network': 'VISA',
  'lists.allowed': [],
  'lists.blocked': ['customer'],
  'order.amountMinor': '4200',
  'order.currency': 'EUR',
  'velocity.customerAttempts': 3,
};

function document(conditions: readonly string[]) {
  return ruleSetDocument.parse({
    name: 'test',
    version: '1',
    parameters: { limits: { EUR: 5000 }, bins: ['411111'], threshold: 10, strict: true, country: 'DE' },
    velocity: [{ name: 'customerAttempts', by: 'customer', windowSeconds: 60, limit: 2 }],
    rules: conditions.map((when, index) => ({
      id: `rule-${index}`,
      when,
      decision: 'ABORT',
      reason: 'rule-matched',
    })),
    default: { decision: 'APPROVE', reason: 'no-rule-matched' },
  });
}

function compiled(...conditions: readonly string[]): RuleSet {
  const compilation = compileRuleSet(document(conditions));
  if ('problems' in compilation) throw new Error(JSON.stringify(compilation.problems));
  return compilation.ruleSet;
}

function problemsOf(...conditions: readonly string[]): readonly RuleSetProblem[] {
  const compilation = compileRuleSet(document(conditions));
  return 'problems' in compilation ? compilation.problems : [];
}

describe('evaluate', () => {
  it.each([
    ['order.amountMinor > 4199', true],
    ['order.amountMinor > 4200', false],
    ['order.amountMinor > parameters.limits[order.currency]', false],
    ['card.bin in parameters.bins', true],
    ['"customer" in lists.blocked', true],
    ['velocity.customerAttempts > limits.customerAttempts', true],
    ['parameters.strict && parameters.threshold == 10 && parameters.country == "DE"', true],
    ['has(card.bin)', true],
    ['has(card.issuerCountry)', false],
  ])('given what is known, %s is %s', (condition, holds) => {
    expect(evaluate(compiled(condition), KNOWN).hits).toHaveLength(holds ? 1 : 0);
  });

  it.each([
    'card.issuerCountry == "DE"',
    'card.issuerCountry != "DE"',
    '!(card.issuerCountry == "DE")',
    'card.issuerCountry in ["DE"]',
    'card.issuerCountry.startsWith("D")',
    'order.amountMinor > parameters.limits[card.issuerCountry]',
    'card.issuerCountry == "DE" || card.network == "AMEX"',
  ])('a rule that needs an unknown value neither throws nor hits: %s', (condition) => {
    expect(evaluate(compiled(condition), { ...KNOWN, 'card.issuerCountry': null }).hits).toEqual([]);
    expect(evaluate(compiled(condition), KNOWN).hits).toEqual([]);
  });

  it('a rule holds by the known side of an "or" whatever the other side needs', () => {
    const ruleSet = compiled('card.issuerCountry == "DE" || card.network == "VISA"');
    expect(evaluate(ruleSet, KNOWN).hits).toHaveLength(1);
  });

  it('the first rule that holds decides, and every other hit is recorded', () => {
    const ruleSet = compiled('false', 'card.network == "VISA"', 'order.amountMinor > 1');
    const { hits, ...verdict } = evaluate(ruleSet, KNOWN);
    expect(verdict).toEqual({ decision: 'ABORT', reason: 'rule-matched' });
    expect(hits.map(({ rule }) => rule)).toEqual(['rule-1', 'rule-2']);
  });

  it('without a hit the default decides', () => {
    expect(evaluate(compiled('false'), KNOWN)).toEqual({ decision: 'APPROVE', reason: 'no-rule-matched', hits: [] });
  });

  it.each(['order.amountMinor / (velocity.customerAttempts - 3) > 1', 'order.amountMinor * 9000000000000000000 > 1'])(
    'an arithmetic error asks for a review and never approves: %s',
    (condition) => {
      expect(evaluate(compiled(condition), KNOWN)).toEqual({
        decision: 'REVIEW',
        reason: 'review-required',
        hits: [{ rule: 'rule-0', decision: 'REVIEW', reason: 'review-required' }],
      });
    },
  );

  it('compares amounts exactly above 2^53', () => {
    const ruleSet = compiled('order.amountMinor == 9007199254740993');
    expect(evaluate(ruleSet, { ...KNOWN, 'order.amountMinor': '9007199254740993' }).hits).toHaveLength(1);
    expect(evaluate(ruleSet, { ...KNOWN, 'order.amountMinor': '9007199254740992' }).hits).toHaveLength(0);
  });

  it('gives the same bytes for the same inputs, also after a journey through JSON and another load', () => {
    const conditions = [
      'order.amountMinor > 1000 && order.currency == "EUR"',
      'card.bin in parameters.bins || card.network == "VISA"',
      'velocity.customerAttempts > limits.customerAttempts',
      'size(lists.blocked) > 0',
    ];
    const feature = {
      bin: fc.option(fc.constantFrom('411111', '555555')),
      network: fc.option(fc.constantFrom('VISA', 'AMEX')),
      amount: fc.bigInt({ min: 0n, max: 9_999_999_999_999_999_999n }).map(String),
      attempts: fc.option(fc.nat()),
      blocked: fc.subarray(['bin', 'customer']),
    };
    fc.assert(
      fc.property(fc.record(feature), ({ bin, network, amount, attempts, blocked }) => {
        const features: FeatureSnapshot = {
          'card.bin': bin,
          'card.network': network,
          'lists.blocked': blocked,
          'order.amountMinor': amount,
          'order.currency': 'EUR',
          'velocity.customerAttempts': attempts,
        };
        const bytesOf = (ruleSet: RuleSet, snapshot: FeatureSnapshot) => {
          const verdict = evaluate(ruleSet, snapshot);
          return JSON.stringify([verdict, toRuleEvaluation(ruleSet, snapshot, verdict)]);
        };
        const recorded = JSON.parse(JSON.stringify(features)) as FeatureSnapshot;
        expect(bytesOf(compiled(...conditions), recorded)).toBe(bytesOf(compiled(...conditions), features));
      }),
    );
  });
});

describe('compileRuleSet', () => {
  it.each([
    ['order.amont > 1', 7, 'No such key: amont'],
    ['amount > 1', 1, 'Unknown variable: amount'],
    ['has(order.amont)', 5, 'unknown name: order.amont'],
    ['parameters.nothing == 1', 12, 'No such key: nothing'],
    ['order.currency == 1', 1, 'no such overload: string == int'],
    ['order.currency ==', 18, 'Unexpected token: EOF'],
    ['order.amountMinor', 1, 'true or false expected, but this is int'],
    ['order.currency.matches("(a+)+$")', 1, 'the function matches is not available in rules'],
    ['true && dyn(order).amont == 1', 9, 'the function dyn is not available in rules'],
  ])('refuses %s at character %i: %s', (condition, character, message) => {
    expect(problemsOf('true', condition)).toEqual([{ path: ['rules', 1, 'when'], rule: 'rule-1', character, message }]);
  });

  it('refuses a condition that is nested too deeply or has too many parts', () => {
    expect(problemsOf(`${'('.repeat(40)}true${')'.repeat(40)}`)).toHaveLength(1);
    expect(problemsOf(Array.from({ length: 300 }, () => 'true').join('&&'))).toHaveLength(1);
  });

  it('names every problem of a document, not only the first', () => {
    expect(problemsOf('nope', 'true', 'nope').map(({ rule }) => rule)).toEqual(['rule-0', 'rule-2']);
  });

  it('gives one digest to one content, however its keys are ordered, and another to any change', () => {
    const digestOf = (value: unknown) => {
      const compilation = compileRuleSet(ruleSetDocument.parse(value));
      return 'ruleSet' in compilation ? compilation.ruleSet.digest : undefined;
    };
    const rules = [{ id: 'a', when: 'true', decision: 'ABORT', reason: 'rule-matched' }];
    const fallback = { decision: 'APPROVE', reason: 'no-rule-matched' };
    const digest = digestOf({ name: 'x', version: '1', parameters: { a: 1, b: 2 }, rules, default: fallback });
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(digestOf({ default: fallback, rules, parameters: { b: 2, a: 1 }, version: '1', name: 'x' })).toBe(digest);
    expect(digestOf({ name: 'x', version: '1', parameters: { a: 1, b: 3 }, rules, default: fallback })).not.toBe(
      digest,
    );
  });
});
