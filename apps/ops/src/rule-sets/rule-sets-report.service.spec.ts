import { describe, expect, it } from '@jest/globals';
import { backtestExample } from '@tollgate/contracts';
import { reportBacktest, toBacktestCsv, toBacktestPage } from './rule-sets-report.service.ts';

describe('a backtest', () => {
  it('is told as tables', () => {
    const text = reportBacktest(backtestExample.result!);
    expect(text).toContain('12 of 1204 attempts differ');
    expect(text).toMatch(/APPROVE +REVIEW +12 +EUR 1250000/);
    expect(text).toMatch(/not-small +review +4 +1 +EUR 120000 +3 +0 +0 +1/);
  });

  it('of the topic says how much of what it counted anew was counted live', () => {
    const replay = { countedFrom: '2026-11-20T08:00:00.000Z', counted: 1300, leftOut: 2, compared: 1204, same: 1203 };
    expect(reportBacktest({ ...backtestExample.result!, replay })).toContain('1203 of 1204 are what was counted live');
  });

  it('is written as CSV: decisions, rules, and what became of the attempts, by currency', () => {
    expect(toBacktestCsv(backtestExample).split('\r\n')).toEqual([
      'decision,from,to,attempts,currency,amountMinor',
      'decision,APPROVE,REVIEW,12,EUR,1250000',
      'decisionFate,from,to,fate,attempts,currency,amountMinor',
      'decisionFate,APPROVE,REVIEW,kept,3,EUR,330000',
      'decisionFate,APPROVE,REVIEW,disputed,1,EUR,120000',
      'rule,name,then,hits,errors,fateKnown,right',
      'rule,not-small,review,12,0,4,1',
      'ruleFate,name,fate,attempts,currency,amountMinor',
      'ruleFate,not-small,right,1,EUR,120000',
      'ruleFate,not-small,kept,3,EUR,330000',
      'ruleFate,not-small,disputed,1,EUR,120000',
      '',
    ]);
  });

  it('is written as a page that asks no other host for anything and shows names as text', () => {
    const page = toBacktestPage({ ...backtestExample, name: '<script>alert(1)</script>' });
    expect(page).not.toContain('<script');
    expect(page).not.toMatch(/https?:/);
    expect(page).toContain('1 of 4');
  });
});
