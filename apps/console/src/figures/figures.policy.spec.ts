import { describe, expect, it } from '@jest/globals';
import { parseExposition } from './exposition.policy.ts';
import { quantileOf, type Scrape, toFigures } from './figures.policy.ts';

const SERVICES = ['intake', 'risk'];

function scrape(atMs: number, texts: Record<string, string>): Scrape {
  return { atMs, byService: new Map(Object.entries(texts).map(([name, text]) => [name, parseExposition(text)])) };
}

/** New attempts, by the way they came. */
const newAttempts = (way: string, count: number) => `attempts_received_total{way="${way}",result="new"} ${count}`;

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
        scrape(0, { intake: `${newAttempts('http', 100)}\n${newAttempts('topic', 5)}` }),
        scrape(5_000, { intake: `${newAttempts('http', 150)}\n${newAttempts('topic', 5)}` }),
        scrape(10_000, { intake: newAttempts('http', 20) }),
      ],
      SERVICES,
    );
    expect(figures.series.map(({ received }) => received)).toEqual([10, 4]);
    expect(figures.windowSeconds).toBe(10);
  });

  it('are no less and no more because a service did not answer one look', () => {
    const looks = [
      scrape(0, { intake: newAttempts('http', 1_000) }),
      scrape(5_000, {}),
      scrape(10_000, { intake: newAttempts('http', 1_100) }),
    ];
    expect(toFigures(looks, SERVICES).series.map((point) => point.received)).toEqual([0, 10]);
    // Who is seen for the first time may have counted for days.
    expect(toFigures(looks.slice(1), SERVICES).series.map((point) => point.received)).toEqual([0]);
  });

  it('count a repeated receipt of an attempt as none', () => {
    const again = 'attempts_received_total{way="http",result="known"} 50';
    const looks = [scrape(0, { intake: '' }), scrape(1_000, { intake: `${newAttempts('http', 2)}\n${again}` })];
    expect(toFigures(looks, SERVICES).series.map((point) => point.received)).toEqual([2]);
  });

  it('tell what became of attempts and how long it took, also of a process that began anew within the window', () => {
    const concluded = (outcome: string, upTo1: number, all: number) =>
      [
        `attempt_conclusion_seconds_bucket{outcome="${outcome}",le="1"} ${upTo1}`,
        `attempt_conclusion_seconds_bucket{outcome="${outcome}",le="10"} ${all}`,
        `attempt_conclusion_seconds_bucket{outcome="${outcome}",le="+Inf"} ${all}`,
        `attempt_conclusion_seconds_count{outcome="${outcome}"} ${all}`,
      ].join('\n');
    const { totals, latencies } = toFigures(
      [
        scrape(0, { intake: concluded('APPROVED', 1_000, 1_000) }),
        scrape(5_000, { intake: `${concluded('APPROVED', 0, 10)}\n${concluded('ABORTED', 10, 10)}` }),
      ],
      SERVICES,
    );
    expect(totals.outcomes).toEqual({ APPROVED: 10, ABORTED: 10 });
    expect(latencies.find(({ name }) => name.includes('outcome'))).toMatchObject({ p50: 1 });
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
