import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { CURRENCIES, isRetriable, KnownError } from '@tollgate/contracts';
import { type FeatureSnapshot, toFeatureSnapshot } from '../features/feature.policy.ts';
import { evaluate } from './evaluation.policy.ts';
import { loadRuleSet, parseRuleSet, readRuleSet } from './rule-set.store.ts';

const SHIPPED = join(import.meta.dirname, '../../../../config/rulesets/default.yaml');

/** An attempt of which nothing is known but the order and that it is a card's. */
function plainAttempt(currency: string, amountMinor: string): FeatureSnapshot {
  return toFeatureSnapshot(
    {
      merchantId: 'shop',
      paymentAttemptId: '6c5d3a30-3c2e-4f55-9d8e-5b3d5e3a5c7f',
      clientSessionId: 'session',
      instrument: 'instrument',
      order: { orderId: 'order', amountMinor, currency },
      paymentMethod: { paymentInstrumentType: 'PAYMENT_CARD' },
    },
    {
      values: { card: null, customer: null, email: null, ip: null, bin: null, device: null },
      receivedAt: new Date(0),
      allowedBy: [],
      blockedBy: [],
      watchedBy: [],
      history: {},
      velocity: { 'velocity.countByCustomer600s': null, 'velocity.countByCard600s': null },
    },
  );
}

function refusalOf(text: string): KnownError {
  try {
    parseRuleSet(text, 'test.yaml');
  } catch (error) {
    if (error instanceof KnownError) return error;
    throw error;
  }
  throw new Error('the rule set was accepted');
}

describe('the shipped rule set', () => {
  const shipped = loadRuleSet(SHIPPED);

  it('approves an ordinary attempt in every known currency with nothing known but order and card', () => {
    for (const currency of CURRENCIES) {
      expect({ currency, ...evaluate(shipped, plainAttempt(currency, '4200')) }).toEqual({
        currency,
        decision: 'APPROVE',
        reason: 'no-rule-matched',
        score: 0,
        hits: [],
      });
    }
  });

  it.each([
    ['EUR', '1000000', 'APPROVE'],
    ['EUR', '1000001', 'ABORT'],
    ['JPY', '1700001', 'ABORT'],
    ['XAF', '1000000000000', 'APPROVE'],
    ['XAF', '1000000000001', 'ABORT'],
  ])('has a limit of its own for amounts in %s: %s is %s', (currency, amountMinor, decision) => {
    expect(evaluate(shipped, plainAttempt(currency, amountMinor)).decision).toBe(decision);
  });

  it.each([
    [{ 'card.bin': '999999' }, 'ABORT', 'card-refused'],
    [{ 'order.shippingCountry': 'KP' }, 'ABORT', 'country-refused'],
    [{ 'lists.blocked': ['customer'], 'lists.allowed': ['card'] }, 'ABORT', 'block-listed'],
    [{ 'lists.allowed': ['customer'], 'velocity.countByCustomer600s': 21 }, 'APPROVE', 'allow-listed'],
    [{ 'customer.id': 'sample-review-1' }, 'REVIEW', 'review-required'],
    [{ 'velocity.countByCustomer600s': 20 }, 'APPROVE', 'no-rule-matched'],
    [{ 'velocity.countByCustomer600s': 21 }, 'ABORT', 'velocity-exceeded'],
    [{ 'velocity.countByCard600s': 500_000 }, 'APPROVE', 'no-rule-matched'],
  ])('decides %j: %s, %s', (features, decision, reason) => {
    expect(evaluate(shipped, { ...plainAttempt('EUR', '4200'), ...features })).toMatchObject({ decision, reason });
  });
});

describe('parseRuleSet', () => {
  it('names rule, line, column and character of a condition that does not type-check', () => {
    const text = [
      'name: test',
      'rules:',
      '  - name: too-much',
      '    when: order.currency == "EUR" && order.amont > 1',
      '    then: abort',
      '    reason: amount-limit',
      'default: { then: approve, reason: no-rule-matched }',
    ].join('\n');
    const { code, message } = refusalOf(text);
    expect(code).toBe('RULESET_INVALID');
    expect(message).toContain('test.yaml');
    expect(message).toContain('line 4, column 11, rule "too-much", rules.0.when, character 34: No such key: amont');
  });

  it('takes a map as long as it may be, finds a key in it that is written twice, and refuses a longer one', () => {
    const keys = Array.from({ length: 10_000 }, (_, index) => `key${index}: 1`);
    const withMap = (entries: readonly string[]) =>
      `name: long\nparameters: { map: { ${entries.join(', ')} } }\nrules: []\ndefault: { then: review, reason: no-rule-matched }`;
    expect(parseRuleSet(withMap(keys), 'long').version).toMatch(/^[0-9a-f]{64}$/);
    const repeated = refusalOf(withMap([...keys, 'key17: 2'])).facts['problems'];
    expect(repeated).toEqual([expect.stringMatching(/^line 2, column \d+: Map keys must be unique$/)]);
    expect(refusalOf(withMap([...keys, 'one: 1'])).message).toContain('parameters.map: at most 10000 entries');
  });

  it.each([
    ['not YAML', 'a: [', 'line 1'],
    ['a key that is written twice', 'name: a\nname: b', 'line 2, column 1: Map keys must be unique'],
    ['an unknown key', 'name: a\nrulez: []', 'Unrecognized key: "rulez"'],
    ['a missing part', 'name: a', 'rules: '],
    [
      'a name that every object has',
      'name: a\nvelocity: [{ name: constructor, by: card, windowSeconds: 60, limit: 1, whenUnknown: review }]',
      'velocity.0.name: every object has this name already',
    ],
    [
      'an alias, which could make a small file a huge one',
      'name: &a x\ndescription: *a',
      'Alias resolution is disabled',
    ],
  ])('refuses %s, saying where', (_what, text, expected) => {
    expect(refusalOf(text).message).toContain(expected);
  });

  it.each([
    ['{ name: r, when: "true", reason: rule-matched }', 'rules.0.then: a rule says what then follows, or has a score'],
    [
      '{ name: r, when: "true", then: approve, mandatory: true, reason: rule-matched }',
      'only an abort can be mandatory',
    ],
    ['{ name: r, when: "true", then: ABORT, reason: rule-matched }', 'approve, review or abort expected'],
  ])('refuses the rule %s', (rule, expected) => {
    const text = `name: test\nrules: [${rule}]\ndefault: { then: approve, reason: no-rule-matched }`;
    expect(refusalOf(text).message).toContain(expected);
  });

  it('refuses a new set that does not say what becomes of an attempt with nothing to count by, and reads an old one', () => {
    const text = JSON.stringify({
      name: 'test',
      velocity: [{ name: 'cards', by: 'card', windowSeconds: 1, limit: 1 }],
      rules: [],
      default: { then: 'approve', reason: 'no-rule-matched' },
    });
    expect(refusalOf(text).message).toContain('velocity.0.whenUnknown: review or ignore');
    expect(readRuleSet(text, 'v').document.velocity).toHaveLength(1);
  });

  it('refuses a new set whose rules ask about a history without saying what an attempt without one means', () => {
    const written = (history: object) =>
      JSON.stringify({
        name: 'test',
        ...history,
        rules: [{ name: 'disputed', when: 'history.cardDisputed > 0', then: 'abort', reason: 'rule-matched' }],
        default: { then: 'approve', reason: 'no-rule-matched' },
      });
    const old = written({});
    expect(refusalOf(old).message).toContain('history.card.whenUnknown: review or ignore');
    expect(refusalOf(written({ history: { customer: { whenUnknown: 'review' } } })).message).toContain('names no card');
    expect(readRuleSet(old, 'v').content).toBe(
      parseRuleSet(written({ history: { card: { whenUnknown: 'ignore' } } }), 'new').content.replace(
        '"history":{"card":{"whenUnknown":"ignore"}},',
        '',
      ),
    );
  });

  it('refuses two rules of one name and two counters of one name', () => {
    const rule = { name: 'twice', when: 'true', then: 'abort', reason: 'rule-matched' };
    const counter = { name: 'twice', by: 'card', windowSeconds: 1, limit: 1, whenUnknown: 'review' };
    const text = JSON.stringify({
      name: 'test',
      velocity: [counter, counter],
      rules: [rule, rule],
      default: { then: 'approve', reason: 'no-rule-matched' },
    });
    const { message } = refusalOf(text);
    expect(message).toContain('rules.1.name: "twice" is taken by another rule');
    expect(message).toContain('velocity.1.name: "twice" is taken already');
  });

  it('says which file cannot be read, and is not worth another try', () => {
    const load = () => loadRuleSet('/nowhere/rules.yaml');
    expect(load).toThrow('The rule set /nowhere/rules.yaml cannot be read');
    expect(isRetriable(refusalOf('name: x'))).toBe(false);
  });
});
