import { describe, expect, it } from '@jest/globals';
import type { FeatureSnapshot } from '../features/feature.policy.ts';
import { evaluate } from './evaluation.policy.ts';
import { compileRuleSet } from './rule-set.policy.ts';
import { ruleSetDocument } from './rule-set.schema.ts';

const GUEST: FeatureSnapshot = {
  'customer.id': null,
  'lists.watched': null,
  'order.amountMinor': '4200',
  'order.currency': 'EUR',
};

function decisionOnGuest(when: string) {
  const document = {
    name: 'test',
    parameters: { known: { EUR: 100_000 }, guests: { USD: 5_000 } },
    rules: [{ name: 'tested', when, then: 'abort', reason: 'amount-limit' }],
    default: { then: 'approve', reason: 'no-rule-matched' },
  };
  const compilation = compileRuleSet({ written: document, document: ruleSetDocument.parse(document) });
  if ('problems' in compilation) throw new Error(JSON.stringify(compilation.problems));
  const { decision, hits } = evaluate(compilation.ruleSet, GUEST);
  return [decision, hits[0]?.error];
}

const limitOf = (whose: string) => `order.amountMinor > parameters.${whose}[order.currency]`;

describe('a condition in which a key that a parameter lacks meets a feature that is not known', () => {
  it.each([
    `has(customer.id) ? ${limitOf('known')} : ${limitOf('guests')}`,
    `has(customer.id) == (${limitOf('guests')})`,
    `(has(customer.id) ? 1 : 2) < parameters.guests[order.currency]`,
    `has(customer.id) ? true : (${limitOf('guests')} || customer.id == "ann")`,
    `["EUR"].exists(currency, has(customer.id) || parameters.guests[currency] > 1)`,
  ])('asks for a review, though the feature was asked about: %s', (when) => {
    expect(decisionOnGuest(when)).toEqual(['REVIEW', 'no_such_key']);
  });

  it.each([
    `customer.id == "ann" ? ${limitOf('known')} : ${limitOf('guests')}`,
    `size(customer.id) > parameters.guests[order.currency]`,
    `lists.watched.exists(kind, parameters.guests[kind] > 1)`,
  ])('does not hold where it never comes to the key: %s', (when) => {
    expect(decisionOnGuest(when)).toEqual(['APPROVE', undefined]);
  });
});
