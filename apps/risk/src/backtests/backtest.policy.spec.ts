import { describe, expect, it } from '@jest/globals';
import type { RecordedDecision } from '../recorded/recorded-decision.types.ts';
import { parseRuleSet } from '../rule-sets/rule-set.store.ts';
import { BacktestTally, type Fate } from './backtest.policy.ts';

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
  return tally.result(10);
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
    expect(decisions).toEqual([
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
    const { rules } = resultOf(
      [decided('APPROVE', '200'), 'bad'],
      [decided('APPROVE', '200'), 'good'],
      [decided('APPROVE', '200'), null],
      [decided('APPROVE', '1', { 'card.bin': '411111' }), 'good'],
      [decided('APPROVE', '1', { 'card.bin': '411111' }), 'bad'],
    );
    expect(rules).toEqual([
      { rule: 'large', then: 'abort', hits: 3, errors: 0, fate: { known: 2, right: 1 } },
      { rule: 'known-card', then: 'approve', hits: 2, errors: 0, fate: { known: 2, right: 1 } },
      { rule: 'slow-browser', then: 'review', hits: 0, errors: 0, fate: { known: 0, right: 0 } },
    ]);
  });

  it('counts apart where a snapshot is too old to have a feature: that would be a review', () => {
    const row = decided('APPROVE', '1');
    const { 'attempt.browserLagSeconds': _newer, ...features } = row.features;
    const { decisions, rules } = resultOf([{ ...row, features }, null]);
    expect(decisions[0]).toMatchObject({ from: 'APPROVE', to: 'REVIEW' });
    expect(rules[2]).toMatchObject({ rule: 'slow-browser', hits: 0, errors: 1 });
  });
});
