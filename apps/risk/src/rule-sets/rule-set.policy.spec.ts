import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { evaluate, toRuleEvaluation } from './evaluation.policy.ts';
import { compileRuleSet } from './rule-set.policy.ts';
import { ruleSetDocument } from './rule-set.schema.ts';
import type { FeatureSnapshot } from '../features/feature.policy.ts';
import type { ConditionContext, RuleSet, RuleSetProblem } from './rule-set.types.ts';

const KNOWN: FeatureSnapshot = {
  'card.bin': '411111',
  'card.issuerCountry': null,
  'card.network': 'VISA',
  'lists.allowed': [],
  'lists.blocked': ['customer'],
  'order.amountMinor': '4200',
  'order.currency': 'EUR',
  'velocity.customerAttempts': 3,
};

type RuleAsWritten = Readonly<Record<string, unknown>> & { readonly when: string };

function written(rules: readonly RuleAsWritten[], scores: Readonly<Record<string, number>> = {}) {
  return {
    name: 'test',
    parameters: { limits: { EUR: 5000 }, bins: ['411111'], threshold: 10, large: 300, strict: true, country: 'DE' },
    velocity: [
      { name: 'customerAttempts', by: 'customer', windowSeconds: 60, limit: 2 },
      { name: 'cards', by: 'customer', measure: 'distinct', of: 'card', windowSeconds: 60, limit: 5 },
      { name: 'devices', by: 'device', windowSeconds: 60, limit: 5, whenUnknown: 'review' },
    ],
    rules: rules.map((rule, index) => ({
      name: `rule-${index}`,
      reason: 'rule-matched',
      ...('score' in rule ? {} : { then: 'abort' }),
      ...rule,
    })),
    scores,
    default: { then: 'approve', reason: 'no-rule-matched' },
  };
}

function compile(document: ReturnType<typeof written> & { readonly history?: object }) {
  return compileRuleSet({ written: document, document: ruleSetDocument.parse(document) });
}

function compiledRules(rules: readonly RuleAsWritten[], scores?: Readonly<Record<string, number>>): RuleSet {
  const compilation = compile(written(rules, scores));
  if ('problems' in compilation) throw new Error(JSON.stringify(compilation.problems));
  return compilation.ruleSet;
}

function compiled(...conditions: readonly string[]): RuleSet {
  return compiledRules(conditions.map((when) => ({ when })));
}

function problemsOf(...conditions: readonly string[]): readonly RuleSetProblem[] {
  const compilation = compile(written(conditions.map((when) => ({ when }))));
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
    expect(evaluate(compiled(condition), KNOWN).hits).toEqual([]);
  });

  it('a rule holds by the known side of an "or" whatever the other side needs', () => {
    const ruleSet = compiled('card.issuerCountry == "DE" || card.network == "VISA"');
    expect(evaluate(ruleSet, KNOWN).hits).toHaveLength(1);
  });

  const MANDATORY = { when: 'true', then: 'abort', mandatory: true, reason: 'block-listed' };
  const ALLOW = { when: 'true', then: 'approve', reason: 'allow-listed' };
  const ABORT = { when: 'true', then: 'abort', reason: 'amount-limit' };
  const REVIEW = { when: 'true', then: 'review', reason: 'review-required' };
  const SCORE = { when: 'true', score: 60, reason: 'rule-matched' };
  const FAILS = { when: 'order.amountMinor * 9000000000000000000 > 1', then: 'approve' };

  it.each([
    ['ABORT', 'block-listed', [SCORE, REVIEW, ABORT, ALLOW, MANDATORY]],
    ['APPROVE', 'allow-listed', [SCORE, REVIEW, ABORT, ALLOW]],
    ['ABORT', 'amount-limit', [SCORE, REVIEW, ABORT]],
    ['REVIEW', 'review-required', [SCORE, REVIEW]],
    ['ABORT', 'score-reached', [SCORE, SCORE]],
    ['REVIEW', 'score-reached', [SCORE]],
    ['APPROVE', 'no-rule-matched', []],
  ])('decides %s (%s) by what rules ask for and not by their order', (decision, reason, rules) => {
    for (const order of [rules, rules.toReversed()]) {
      const verdict = evaluate(compiledRules(order, { review: 60, abort: 120 }), KNOWN);
      expect(verdict).toMatchObject({ decision, reason });
      expect(verdict.hits).toHaveLength(rules.length);
    }
  });

  it('records every hit, the overruled and the scores too', () => {
    const { hits, score } = evaluate(compiledRules([ABORT, { ...SCORE, then: 'review' }, SCORE, ALLOW]), KNOWN);
    expect(score).toBe(120);
    expect(hits).toEqual([
      { rule: 'rule-0', decision: 'ABORT', reason: 'amount-limit' },
      { rule: 'rule-1', decision: 'REVIEW', reason: 'rule-matched', score: 60 },
      { rule: 'rule-2', decision: 'SCORE', reason: 'rule-matched', score: 60 },
      { rule: 'rule-3', decision: 'APPROVE', reason: 'allow-listed' },
    ]);
  });

  it('of two rules in one step gives the reason of the first', () => {
    const ruleSet = compiledRules([{ ...ABORT, reason: 'card-refused' }, ABORT]);
    expect(evaluate(ruleSet, KNOWN).reason).toBe('card-refused');
  });

  it('without a hit the default decides', () => {
    expect(evaluate(compiled('false'), KNOWN)).toEqual({
      decision: 'APPROVE',
      reason: 'no-rule-matched',
      score: 0,
      hits: [],
    });
  });

  it.each([
    ['order.amountMinor / (velocity.customerAttempts - 3) > 1', 'division_by_zero'],
    ['order.amountMinor * 9000000000000000000 > 1', 'numeric_overflow'],
  ])('an arithmetic error asks for a review and never approves: %s', (condition, error) => {
    expect(evaluate(compiled(condition), KNOWN)).toEqual({
      decision: 'REVIEW',
      reason: 'review-required',
      score: 0,
      hits: [{ rule: 'rule-0', decision: 'REVIEW', reason: 'review-required', error }],
    });
  });

  it.each([
    ['REVIEW', [FAILS, ALLOW]],
    ['REVIEW', [FAILS]],
    ['ABORT', [FAILS, ABORT]],
    ['REVIEW', [FAILS, ABORT, ALLOW]],
    ['ABORT', [FAILS, ALLOW, MANDATORY]],
  ])('decides %s while a rule could not be evaluated: nothing approves then', (decision, rules) => {
    expect(evaluate(compiledRules(rules), KNOWN).decision).toBe(decision);
  });

  it('asks for a review where a counter is missing, and goes on where it is known that there is nothing to count', () => {
    const ruleSet = compiled('velocity.customerAttempts > limits.customerAttempts || card.network == "VISA"', 'false');
    const { 'velocity.customerAttempts': _missing, ...without } = KNOWN;
    expect(evaluate(ruleSet, without)).toMatchObject({
      decision: 'REVIEW',
      hits: [{ rule: 'rule-0', decision: 'REVIEW', error: 'missing-feature' }],
    });
    expect(evaluate(ruleSet, { ...KNOWN, 'velocity.customerAttempts': null })).toMatchObject({ decision: 'ABORT' });
  });

  it('finds a condition that needs an unknown value not to hold as evaluating it would', () => {
    const leaf = fc.constantFrom(
      'card.bin == "411111"',
      'card.network != "VISA"',
      'order.amountMinor > 4000',
      'velocity.customerAttempts >= 3',
      'card.bin in parameters.bins',
      'card.network.startsWith("V")',
      'has(card.bin)',
      'size(lists.blocked) > 0',
      'order.amountMinor * 9000000000000000000 > velocity.customerAttempts',
    );
    const { condition } = fc.letrec<{ condition: string }>((tie) => ({
      condition: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        leaf,
        fc
          .tuple(tie('condition'), fc.constantFrom('&&', '||'), tie('condition'))
          .map(([a, op, b]) => `(${a} ${op} ${b})`),
        tie('condition').map((inner) => `!(${inner})`),
        fc.tuple(tie('condition'), tie('condition')).map(([a, b]) => `((${a}) == (${b}))`),
      ),
    }));
    const unknown = fc.subarray(['card.bin', 'card.network', 'velocity.customerAttempts']);
    fc.assert(
      fc.property(condition, unknown, (when, names) => {
        const features = { ...KNOWN, ...Object.fromEntries(names.map((name) => [name, null])) };
        const ruleSet = compiled(when);
        const evaluating = { ...ruleSet, rules: ruleSet.rules.map((rule) => ({ ...rule, needs: [] })) };
        const verdict = evaluate(ruleSet, features);
        expect(verdict).toEqual(evaluate(evaluating, features));
        const byParts = (context: ConditionContext) => {
          const outcome = ruleSet.rules[0]!.outcome(context);
          if (typeof outcome !== 'boolean') throw new Error('it cannot be told');
          return outcome;
        };
        const inParts = { ...evaluating, rules: evaluating.rules.map((rule) => ({ ...rule, condition: byParts })) };
        expect(evaluate(inParts, features).decision).toBe(verdict.decision);
      }),
      { numRuns: 500 },
    );
  });

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

describe('what is not there', () => {
  const decisionOf = (when: string, features: Readonly<Record<string, unknown>>) => {
    const { decision, hits } = evaluate(compiled(when), { ...KNOWN, ...features } as FeatureSnapshot);
    return [decision, hits.map(({ error }) => error)] as const;
  };
  const caps = 'order.amountMinor > parameters.limits[order.currency]';
  const unknownDevice = { 'velocity.countByDevice60s': null };

  it.each([
    [caps, { 'order.currency': 'JPY' }],
    [`${caps} || card.issuerCountry in ["KP"]`, { 'order.currency': 'JPY' }],
    [`card.issuerCountry in ["KP"] || ${caps}`, { 'order.currency': 'JPY' }],
    [`!(${caps})`, { 'order.currency': 'JPY' }],
  ])('asks for a review where it is a key of a parameter: %s', (when, features) => {
    expect(decisionOf(when, features)).toEqual(['REVIEW', ['no_such_key']]);
  });

  it.each([
    [`order.currency in parameters.limits && ${caps}`, { 'order.currency': 'JPY' }],
    [`card.issuerCountry in parameters.limits && parameters.limits[card.issuerCountry] < 1`, {}],
    ['velocity.devices > limits.devices && order.amountMinor > 1000000', unknownDevice],
    ['has(velocity.devices) && velocity.devices > limits.devices', unknownDevice],
    ['velocity.cards > limits.cards', { 'velocity.distinctCardByCustomer60s': null }],
    ['velocity.devices > limits.devices && card.issuerCountry == "DE"', unknownDevice],
  ])('keeps a rule from holding where that can be told or was meant: %s', (when, features) => {
    expect(decisionOf(when, features)).toEqual(['APPROVE', []]);
  });

  it.each(['velocity.devices > limits.devices', 'order.currency == "JPY" || !(velocity.devices <= limits.devices)'])(
    'asks for a review where it is a counter that may not be overlooked: %s',
    (when) => expect(decisionOf(when, unknownDevice)).toEqual(['REVIEW', ['missing-counter']]),
  );

  const ofCard = 'history.cardDisputed > 0';
  const ofCustomer = 'size(history.customerMismatched) > 0 || history.customerAgeSeconds < 60';
  const nobody = Object.fromEntries(
    ['cardDisputed', 'customerMismatched', 'customerAgeSeconds'].map((name) => [`history.${name}`, null]),
  );

  it.each([
    [ofCard, { card: { whenUnknown: 'review' } }, 'REVIEW', ['missing-counter']],
    [ofCustomer, { customer: { whenUnknown: 'review' } }, 'REVIEW', ['missing-counter']],
    [`has(history.cardDisputed) && ${ofCard}`, { card: { whenUnknown: 'review' } }, 'APPROVE', []],
    [ofCard, { card: { whenUnknown: 'ignore' }, customer: { whenUnknown: 'review' } }, 'APPROVE', []],
    // As documents from before one had to say it.
    [ofCard, {}, 'APPROVE', []],
  ])('of a history it means what the document says: %s with %j', (when, history, decision, errors) => {
    const compilation = compile({ ...written([{ when }]), history });
    if ('problems' in compilation) throw new Error(JSON.stringify(compilation.problems));
    const verdict = evaluate(compilation.ruleSet, { ...KNOWN, ...nobody });
    expect([verdict.decision, verdict.hits.map(({ error }) => error)]).toEqual([decision, errors]);
    const known = { 'history.cardDisputed': 0, 'history.customerMismatched': [], 'history.customerAgeSeconds': 60 };
    expect(evaluate(compilation.ruleSet, { ...KNOWN, ...known })).toMatchObject({ decision: 'APPROVE', hits: [] });
  });

  it('is not taken from what another set has counted under the same name', () => {
    const velocity = [{ name: 'countByCard60s', by: 'card', windowSeconds: 120, limit: 1, whenUnknown: 'ignore' }];
    const compilation = compile({ ...written([{ when: 'velocity.countByCard60s > 1' }]), velocity } as never);
    if ('problems' in compilation) throw new Error(JSON.stringify(compilation.problems));
    const { hits } = evaluate(compilation.ruleSet, { ...KNOWN, 'velocity.countByCard60s': 5 });
    expect(hits).toMatchObject([{ error: 'missing-feature' }]);
  });

  it('does not matter to a rule that holds by its other side', () => {
    expect(decisionOf('velocity.devices > limits.devices || order.amountMinor > 1', unknownDevice)).toEqual([
      'ABORT',
      [undefined],
    ]);
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
    ['lists["blocked"].size() > 0', 1, 'features are named one by one, as in lists.<name>'],
    ['cel.bind(o, order, o.amountMinor > 1)', 1, 'the function bind is not available in rules'],
    ['parameters["strict"]', 1, 'features are named one by one, as in parameters.<name>'],
    ['["DE"].exists(limits, limits == "DE")', 15, 'features are named one by one, as in limits.<name>'],
    ['[velocity].exists(v, v.cards > 1)', 2, 'features are named one by one, as in velocity.<name>'],
  ])('refuses %s at character %i: %s', (condition, character, message) => {
    expect(problemsOf('true', condition)).toEqual([{ path: ['rules', 1, 'when'], rule: 'rule-1', character, message }]);
  });

  it.each([
    'velocity.cards > 256',
    'velocity.cards == parameters.large',
    'velocity.cards * 2 > 300',
    'velocity.cards > velocity.customerAttempts',
    'velocity.cards in [1, 300]',
  ])('refuses %s, which a count that stops at 256 cannot tell', (condition) => {
    expect(problemsOf(condition)).toMatchObject([{ message: expect.stringContaining('counts up to 256') as unknown }]);
  });

  it('takes comparisons of a distinct that a count that stops at 256 decides as the true one would', () => {
    const conditions = [
      'velocity.cards > limits.cards',
      '255 < velocity.cards',
      'velocity.cards != parameters.threshold',
    ];
    for (const full of [256, 300, 1_000_000]) {
      const { hits } = evaluate(compiled(...conditions), { ...KNOWN, 'velocity.distinctCardByCustomer60s': full });
      expect(hits).toHaveLength(conditions.length);
    }
    expect(problemsOf('has(velocity.cards) && velocity.cards >= 3')).toEqual([]);
  });

  it('refuses a condition that is nested too deeply or has too many parts', () => {
    expect(problemsOf(`${'('.repeat(40)}true${')'.repeat(40)}`)).toHaveLength(1);
    expect(problemsOf(Array.from({ length: 300 }, () => 'true').join('&&'))).toHaveLength(1);
  });

  it('names every problem of a document, not only the first', () => {
    expect(problemsOf('nope', 'true', 'nope').map(({ rule }) => rule)).toEqual(['rule-0', 'rule-2']);
  });

  it('gives one version to one content, however it is written down, and another to any change', () => {
    const { name, ...rest } = written([{ when: 'true' }]);
    const versionOf = (document: unknown) => {
      const compilation = compileRuleSet({ written: document, document: ruleSetDocument.parse(document) });
      return 'ruleSet' in compilation ? compilation.ruleSet.version : undefined;
    };
    const version = versionOf({ name, ...rest });
    expect(version).toMatch(/^[0-9a-f]{64}$/);
    expect(versionOf({ ...rest, name })).toBe(version);
    expect(versionOf({ ...rest, name, description: 'new' })).not.toBe(version);
  });
});
