import {
  type BacktestAnswer,
  backtestExample,
  type DifferencesAnswer,
  differencesExample,
  type FateSum,
  type RuleSetAnswer,
  ruleSetExample,
  type RuleSetHitsAnswer,
  ruleSetHitsExample,
} from '@tollgate/contracts';

const LIVE: RuleSetAnswer = {
  ...ruleSetExample,
  rules: [
    ...ruleSetExample.rules,
    {
      name: 'amount-over-limit',
      description: null,
      when: 'order.amountMinor > parameters.amountLimitsMinor[order.currency]',
      then: 'abort',
      mandatory: false,
      reason: 'amount-limit',
      score: null,
    },
  ],
};
const SHADOW: RuleSetAnswer = {
  ...ruleSetExample,
  version: '0f3a9c51d27e84b6a1c05f7d93e28b46c7d0a5f1e3926b84d7c1f05a9e3b2d68',
  name: 'not-small',
  status: 'shadow',
  description: 'Shows a person what costs more than 400.',
  createdBy: { kind: 'person', personId: 'p2', displayName: 'Ben' },
  liveSince: null,
  velocity: [],
  rules: [
    {
      name: 'not-small',
      description: null,
      when: 'order.amountMinor > 40000',
      then: 'review',
      mandatory: false,
      reason: 'review-required',
      score: null,
    },
  ],
};

/** What the service says of a document that asks for `order.amout`, and has two rules of one name. */
const REFUSAL = {
  code: 'RULESET_INVALID',
  title: 'The rule set cannot be used',
  facts: {
    problems: [
      'line 4, column 11, rule "large", rules.0.when, character 6: No such key: amout',
      'line 7, column 11, rule "large", rules.1.name: a name stands once in a set',
    ],
  },
};

const HITS: Readonly<Record<string, RuleSetHitsAnswer>> = {
  [LIVE.version]: {
    ...ruleSetHitsExample,
    rules: [
      { rule: 'refused-bin', hits: 9, errors: 0 },
      { rule: 'amount-over-limit', hits: 3, errors: 0 },
    ],
  },
  [SHADOW.version]: {
    ...ruleSetHitsExample,
    version: SHADOW.version,
    withoutHit: 1004,
    rules: [{ rule: 'not-small', hits: 198, errors: 2 }],
  },
};

const PAIRS: DifferencesAnswer['decisions'] = [
  { from: 'APPROVE', to: 'REVIEW', attempts: 188, amounts: { EUR: '9412000', GBP: '820000' } },
  { from: 'ABORT', to: 'APPROVE', attempts: 9, amounts: { EUR: '38000' } },
  { from: 'ABORT', to: 'REVIEW', attempts: 3, amounts: { EUR: '3000300' } },
  { from: 'APPROVE', to: 'APPROVE', attempts: 1004, amounts: { EUR: '4216800' } },
];

const DIFFERENCES: DifferencesAnswer = {
  ...differencesExample,
  version: SHADOW.version,
  different: 200,
  decisions: PAIRS,
  rules: [{ rule: 'not-small', hits: 191, errors: 0 }],
  examples: [
    {
      merchantId: 'demo-shop',
      paymentAttemptId: '6c5d3a30-3c2e-4f55-9d8e-5b3d5e3a5c7f',
      from: 'APPROVE',
      to: 'REVIEW',
      reason: 'review-required',
    },
  ],
};

type Fate = NonNullable<BacktestAnswer['result']>['decisions'][number]['fate'];
const sum = (attempts: number): FateSum => ({
  attempts,
  amounts: attempts === 0 ? {} : { EUR: `${attempts * 4_100}` },
});
const NO_FATE: Fate = { known: 0, kept: sum(0), declined: sum(0), refunded: sum(0), disputed: sum(0) };
const FATE: Fate = { known: 120, kept: sum(90), declined: sum(18), refunded: sum(8), disputed: sum(4) };

const BACKTEST: BacktestAnswer = {
  ...backtestExample,
  version: SHADOW.version,
  name: SHADOW.name,
  result: {
    ...backtestExample.result!,
    different: 200,
    decisions: PAIRS.map((pair) => ({ ...pair, fate: pair.from === 'APPROVE' ? FATE : NO_FATE })),
    rules: [
      {
        rule: 'not-small',
        then: 'review',
        hits: 191,
        errors: 0,
        fate: { ...FATE, right: 30, rightAmounts: { EUR: '1640000' } },
      },
      { rule: 'refused-bin', then: 'abort', hits: 9, errors: 0, fate: { ...NO_FATE, right: 0, rightAmounts: {} } },
    ],
    examples: DIFFERENCES.examples,
  },
};

/** Risk's rule sets and trials, as the page asks for them. */
export class RulesStandIn {
  readonly #backtests: BacktestAnswer[] = [BACKTEST];
  readonly #drafts: RuleSetAnswer[] = [];
  /** Documents and notes as the page has sent them. */
  readonly drafted: Array<Record<string, unknown>> = [];

  /** @returns undefined: not one of these routes */
  answer(method: string, url: string): unknown {
    const { pathname, searchParams } = new URL(url, 'http://risk');
    const version = /^\/v1\/rulesets\/([0-9a-f]{64})\//.exec(pathname)?.[1] ?? '';
    if (pathname === '/v1/rulesets') {
      const status = searchParams.get('status');
      return {
        data: [...this.#drafts, SHADOW, LIVE].filter((set) => status === null || set.status === status),
        nextCursor: null,
      };
    }
    if (pathname.endsWith('/hits')) return HITS[version];
    if (pathname.endsWith('/differences')) return DIFFERENCES;
    if (pathname === '/v1/backtests' && method === 'POST') return this.#begin();
    if (pathname === '/v1/backtests') return { data: this.#backtests, nextCursor: null };
    return this.#backtests.find(({ id }) => pathname === `/v1/backtests/${id}`);
  }

  /** Takes a document in under the name it gives itself; the same again is the same set. @returns status and body */
  draft(sent: Record<string, unknown>): readonly [status: number, body: unknown] {
    this.drafted.push(sent);
    const document = String(sent['document']);
    if (document.includes('amout')) return [422, REFUSAL];
    const name = /name: (\S+)/.exec(document)?.[1] ?? '';
    const known = this.#drafts.find((set) => set.name === name);
    if (known !== undefined) return [200, known];
    const version = SHADOW.version.replace('0f3a', 'd4af');
    const draft: RuleSetAnswer = { ...SHADOW, version, name, status: 'draft' };
    this.#drafts.push(draft);
    return [201, draft];
  }

  /** It runs, and is done when it is asked about for the second time. */
  #begin(): BacktestAnswer {
    const backtest = { ...BACKTEST, id: '7d1c7cc3-98c4-4c0c-8739-8f0199a3f07d', status: 'running', result: null };
    this.#backtests.unshift({ ...BACKTEST, id: backtest.id });
    return backtest;
  }
}
