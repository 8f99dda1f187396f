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
  const origins = [
    { content: JSON.stringify(written(BLOCKED)), people: [], onlyDraftedBy: null },
    { content: JSON.stringify(written(LARGE, BLOCKED)), people: ['ada', 'eve'], onlyDraftedBy: 'ada' },
    { content: JSON.stringify(written(LARGE)), people: ['bob', 'cleo'], onlyDraftedBy: 'bob' },
    { content: JSON.stringify(written(LARGE)), people: ['dan', 'finn'], onlyDraftedBy: null },
  ];
  return Object.fromEntries(inheritPeople(ruleSetDocument.parse(written(rule)), origins));
};

describe('inheritPeople', () => {
  it('a rule that is copied is still that of whoever wrote it and puts it live, and not of who only copied it', () => {
    expect(inherited(LARGE)).toEqual({ large: ['ada', 'cleo', 'dan', 'eve', 'finn'] });
    expect(inherited(BLOCKED)).toEqual({ blocked: ['eve'] });
  });

  it.each([
    ['another name', { ...LARGE, name: 'big' }, { big: ['ada', 'cleo', 'dan', 'eve', 'finn'] }],
    ['other words on it', { ...LARGE, description: 'Large ones' }, { large: ['ada', 'cleo', 'dan', 'eve', 'finn'] }],
    ['another condition', { ...LARGE, when: 'order.amountMinor > 101' }, {}],
    ['another consequence', { ...LARGE, then: 'abort' }, {}],
  ])('with %s it is %j, and inherits %j', (_what, rule, expected) => {
    expect(inherited(rule)).toEqual(expected);
  });
});
