import { describe, expect, it } from '@jest/globals';
import type { RecordedDecision } from '../recorded/recorded-decision.types.ts';
import { parseRuleSet } from '../rule-sets/rule-set.store.ts';
import { BacktestTally } from './backtest.policy.ts';
import { type Fate, toFate } from './fate-tally.policy.ts';

const CANDIDATE = parseRuleSet(
  `
name: candidate
rules:
  - { name: large, when: order.amountMinor > 100, then: abort, reason: amount-limit }
  - { name: known-card, when: has(card.bin), then: approve, reason: allow-listed }
  - { name: slow-browser, when: attempt.browserLagSeconds > 5, then: review, reason: review-required }
default: { then: approve, reason: no-rule-matched }
`,
  'a test',
);

const decided = (decision: 'APPROVE' | 'ABORT', amountMinor: string, more: object = {}): RecordedDecision => ({
  merchant_id: 'shop',
  attempt_id: `attempt-${amountMinor}`,
  amount_minor: amountMinor,
  currency: 'EUR',
  decision,
  reason: 'no-rule-matched',
  rule_set: 'default',
  rule_set_version: 'v',
  hits: [],
  features: { 'order.amountMinor': amountMinor, 'card.bin': null, 'attempt.browserLagSeconds': null, ...more },
});

function resultOf(...rows: ReadonlyArray<readonly [RecordedDecision, Fate | null]>) {
  const tally = new BacktestTally(CANDIDATE);
  for (const [row, fate] of rows) tally.add(row, fate);
  return tally.result(10, null);
}

describe('a backtest', () => {
  it('counts every pair of decisions with its amounts, the changes first', () => {
    const { decisions, attempts, different, examples, attemptsPerSecond } = resultOf(
      [decided('APPROVE', '100'), null],
      [decided('APPROVE', '101'), null],
      [decided('APPROVE', '9007199254740993'), null],
      [decided('ABORT', '50'), null],
      [{ ...decided('APPROVE', '7'), currency: 'JPY' }, null],
    );
    expect({ attempts, different, attemptsPerSecond }).toEqual({ attempts: 5, different: 3, attemptsPerSecond: 500 });
    expect(decisions).toMatchObject([
      { from: 'APPROVE', to: 'ABORT', attempts: 2, amounts: { EUR: '9007199254741094' } },
      { from: 'ABORT', to: 'APPROVE', attempts: 1, amounts: { EUR: '50' } },
      { from: 'APPROVE', to: 'APPROVE', attempts: 2, amounts: { EUR: '100', JPY: '7' } },
    ]);
    expect(examples.map(({ from, to }) => `${from} ${to}`)).toEqual([
      'APPROVE ABORT',
      'APPROVE ABORT',
      'ABORT APPROVE',
    ]);
  });

  it('tells how each rule fired, and how often it was right where it is known what became of the attempt', () => {
    const { decisions, rules } = resultOf(
      [decided('APPROVE', '200'), ['refunded', 'disputed']],
      [decided('APPROVE', '300'), ['kept']],
      [decided('APPROVE', '400'), null],
      [decided('APPROVE', '1', { 'card.bin': '411111' }), ['kept']],
      [decided('APPROVE', '2', { 'card.bin': '411111' }), ['declined']],
    );
    const none = { attempts: 0, amounts: {} };
    const one = (minor: string) => ({ attempts: 1, amounts: { EUR: minor } });
    const large = { known: 2, kept: one('300'), declined: none, refunded: one('200'), disputed: one('200') };
    const known = { known: 2, kept: one('1'), declined: one('2'), refunded: none, disputed: none };
    expect(rules).toMatchObject([
      { rule: 'large', then: 'abort', hits: 3, errors: 0, fate: { ...large, right: 1, rightAmounts: { EUR: '200' } } },
      { rule: 'known-card', hits: 2, errors: 0, fate: { ...known, right: 1, rightAmounts: { EUR: '1' } } },
      { rule: 'slow-browser', hits: 0, errors: 0, fate: { known: 0, right: 0, rightAmounts: {} } },
    ]);
    expect(decisions).toMatchObject([
      { from: 'APPROVE', to: 'ABORT', attempts: 3, fate: large },
      { from: 'APPROVE', to: 'APPROVE', attempts: 2, fate: known },
    ]);
  });

  it.each([
    ['nothing of an attempt that was never let through', { outcome: 'ABORTED' }, null],
    ['nothing of one that has not ended', { outcome: null }, null],
    ['nothing while no news of its payment has come', {}, null],
    ['kept once authorised', { authorised: true }, ['kept']],
    ['declined', { declined: true }, ['declined']],
    ['all of what went back', { authorised: true, refunded: true, disputed: true }, ['refunded', 'disputed']],
  ])('knows %s', (_what, news, fate) => {
    const none = { authorised: false, declined: false, refunded: false, disputed: false };
    expect(toFate({ outcome: 'APPROVED', ...none, ...news })).toEqual(fate);
  });

  it('counts apart where a snapshot is too old to have a feature: that would be a review', () => {
    const row = decided('APPROVE', '1');
    const { 'attempt.browserLagSeconds': _newer, ...features } = row.features;
    const { decisions, rules } = resultOf([{ ...row, features }, null]);
    expect(decisions[0]).toMatchObject({ from: 'APPROVE', to: 'REVIEW' });
    expect(rules[2]).toMatchObject({ rule: 'slow-browser', hits: 0, errors: 1 });
  });
});
