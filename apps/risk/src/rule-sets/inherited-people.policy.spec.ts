import { describe, expect, it } from '@jest/globals';
import { inheritPeople } from './inherited-people.policy.ts';
import { ruleSetDocument } from './rule-set.schema.ts';

const LARGE = { name: 'large', when: 'order.amountMinor > 100', then: 'review', reason: 'review-required' };
const BLOCKED = { name: 'blocked', when: 'size(lists.blocked) > 0', then: 'abort', reason: 'block-listed' };

const written = (...rules: ReadonlyArray<Readonly<Record<string, unknown>>>) => ({
  name: 'test',
  rules,
  default: { then: 'approve', reason: 'no-rule-matched' },
});
const inherited = (rule: Readonly<Record<string, unknown>>) => {
  const earlier = [
    { content: JSON.stringify(written(LARGE, BLOCKED)), people: ['ada'] },
    { content: JSON.stringify(written(LARGE)), people: ['bob', 'ada'] },
  ];
  return Object.fromEntries(inheritPeople(ruleSetDocument.parse(written(rule)), earlier));
};

describe('inheritPeople', () => {
  it('a rule that is copied to a new version is still that of everybody who was behind it', () => {
    expect(inherited(LARGE)).toEqual({ large: ['ada', 'bob'] });
    expect(inherited(BLOCKED)).toEqual({ blocked: ['ada'] });
  });

  it.each([
    ['another name', { ...LARGE, name: 'big' }, { big: ['ada', 'bob'] }],
    ['other words on it', { ...LARGE, description: 'Large ones' }, { large: ['ada', 'bob'] }],
    ['another condition', { ...LARGE, when: 'order.amountMinor > 101' }, {}],
    ['another consequence', { ...LARGE, then: 'abort' }, {}],
  ])('with %s it is %j, and inherits %j', (_what, rule, expected) => {
    expect(inherited(rule)).toEqual(expected);
  });
});
