import { describe, expect, it } from '@jest/globals';
import { parseExposition } from './exposition.policy.ts';
import { quantileOf, type Scrape, toFigures } from './figures.policy.ts';

const SERVICES = ['intake', 'risk'];

function scrape(atMs: number, texts: Record<string, string>): Scrape {
  return { atMs, byService: new Map(Object.entries(texts).map(([name, text]) => [name, parseExposition(text)])) };
}

describe('the exposition format', () => {
  it('is read with labels, escapes and exponents; comments are passed over', () => {
    const text = '# HELP x y\n# TYPE x counter\nx{a="1",b="say \\"no\\"\\n"} 2e3\ny 0.5 1700000000\nbad line here\n';
    expect(parseExposition(text)).toEqual([
      { name: 'x', labels: { a: '1', b: 'say "no"\n' }, value: 2000 },
      { name: 'y', labels: {}, value: 0.5 },
    ]);
  });
});

describe('the figures', () => {
  it('are rates between two looks, and a process that began anew counts from zero', () => {
    const figures = toFigures(
      [
        scrape(0, { intake: 'attempts_received_total{way="http"} 100\nattempts_received_total{way="topic"} 5' }),
        scrape(5_000, { intake: 'attempts_received_total{way="http"} 150\nattempts_received_total{way="topic"} 5' }),
        scrape(10_000, { intake: 'attempts_received_total{way="http"} 20' }),
      ],
      SERVICES,
    );
    expect(figures.series.map(({ received }) => received)).toEqual([10, 4]);
    expect(figures.windowSeconds).toBe(10);
  });

  it('say which service does not answer, what it lags by and what it could not handle', () => {
    const text =
      'tollgate_consumer_lag{topic="attempts"} 3\ntollgate_consumer_lag{topic="outcomes"} 4\ntollgate_dead_letters_total 2';
    const { services } = toFigures([scrape(0, { intake: text })], SERVICES);
    expect(services[0]).toMatchObject({ isUp: true, lag: 7, lagByTopic: { attempts: 3, outcomes: 4 }, deadLetters: 2 });
    expect(services[1]).toMatchObject({ service: 'risk', isUp: false, lag: 0 });
  });

  it('count decisions by kind and reason, the most frequent first', () => {
    const text = [
      'risk_decisions_total{decision="ABORT",reason="amount-limit"} 2',
      'risk_decisions_total{decision="APPROVE",reason="no-rule-matched"} 40',
    ].join('\n');
    expect(Object.entries(toFigures([scrape(0, { risk: text })], SERVICES).totals.decisions)).toEqual([
      ['APPROVE no-rule-matched', 40],
      ['ABORT amount-limit', 2],
    ]);
  });

  it('take a quantile from what came within the window alone', () => {
    expect(
      quantileOf(
        [
          [0.01, 0],
          [0.1, 90],
          [1, 100],
          [Infinity, 100],
        ],
        0.5,
      ),
    ).toBeCloseTo(0.06);
    expect(
      quantileOf(
        [
          [0.01, 0],
          [Infinity, 10],
        ],
        0.95,
      ),
    ).toBe(0.01);
    expect(
      quantileOf(
        [
          [0.01, 0],
          [Infinity, 0],
        ],
        0.95,
      ),
    ).toBeNull();
    expect(quantileOf([], 0.5)).toBeNull();
  });
});
