import { describe, expect, it } from '@jest/globals';
import { backtestExample } from '@tollgate/contracts';
import { reportFigures, toBacktestCsv, toBacktestPage } from './rule-sets-report.service.ts';

describe('a backtest', () => {
  it('is told as tables', () => {
    const text = reportFigures(backtestExample.result!);
    expect(text).toContain('12 of 1204 attempts differ');
    expect(text).toMatch(/APPROVE +REVIEW +12 +EUR 1250000/);
  });

  it('is written as CSV, decisions by currency and then rules', () => {
    expect(toBacktestCsv(backtestExample).split('\r\n')).toEqual([
      'decision,from,to,attempts,currency,amountMinor',
      'decision,APPROVE,REVIEW,12,EUR,1250000',
      'rule,name,then,hits,errors,fateKnown,right',
      'rule,not-small,review,12,0,4,1',
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
