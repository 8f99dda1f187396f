import type { MetricSample } from './exposition.policy.ts';
import type { Figures, Latency, RatePoint, ServiceFigures } from './figures.types.ts';

/** All services' metrics at one moment; a service that did not answer is missing. */
export interface Scrape {
  readonly atMs: number;
  readonly byService: ReadonlyMap<string, readonly MetricSample[]>;
}

const RATES = {
  received: { service: 'intake', metric: 'attempts_received_total', labels: { result: 'new' } },
  decided: { service: 'risk', metric: 'risk_decisions_total', labels: {} },
  called: { service: 'gateway', metric: 'gateway_call_seconds_count', labels: {} },
  webhooks: { service: 'ledger', metric: 'ledger_webhooks_total', labels: {} },
} as const;

const LATENCIES = [
  {
    name: 'Checkout: from the receipt to the outcome',
    service: 'intake',
    metric: 'attempt_conclusion_seconds',
    labels: {},
  },
  {
    name: 'Checkout: the answer to the shop, its wait included',
    service: 'intake',
    metric: 'http_request_duration_seconds',
    labels: { method: 'POST', route: '/v1/attempts' },
  },
  { name: 'Primer: one approve', service: 'gateway', metric: 'gateway_call_seconds', labels: { step: 'approve' } },
  { name: 'Primer: one abort', service: 'gateway', metric: 'gateway_call_seconds', labels: { step: 'abort' } },
  {
    name: 'Webhook: stored and answered',
    service: 'ledger',
    metric: 'http_request_duration_seconds',
    labels: { method: 'POST', route: '/webhooks/primer/:merchantId' },
  },
  { name: 'Rules: one batch, begin to commit', service: 'risk', metric: 'tollgate_batch_commit_seconds', labels: {} },
] as const;

interface Series {
  readonly service: string;
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** @param scrapes oldest first, at least one */
export function toFigures(scrapes: readonly Scrape[], services: readonly string[]): Figures {
  const nothing: Scrape = { atMs: 0, byService: new Map() };
  const newest = scrapes.at(-1) ?? nothing;
  const oldest = scrapes[0] ?? newest;
  return {
    asOf: new Date(newest.atMs).toISOString(),
    windowSeconds: Math.round((newest.atMs - oldest.atMs) / 1000),
    services: services.map((service) => toServiceFigures(service, newest.byService.get(service))),
    series: scrapes.slice(1).map((scrape, index) => toRatePoint(scrapes.slice(0, index + 1), scrape)),
    totals: {
      outcomes: totalsOf(newest, 'intake', 'attempt_conclusion_seconds_count', ['outcome']),
      decisions: totalsOf(newest, 'risk', 'risk_decisions_total', ['decision', 'reason']),
      calls: totalsOf(newest, 'gateway', 'gateway_call_seconds_count', ['step', 'result']),
      webhooks: totalsOf(newest, 'ledger', 'ledger_webhooks_total', ['verdict']),
    },
    latencies: LATENCIES.map(({ name, ...series }) => toLatency(name, series, scrapes)),
  };
}

function toServiceFigures(service: string, samples: readonly MetricSample[] | undefined): ServiceFigures {
  const of = (metric: string): readonly MetricSample[] => (samples ?? []).filter(({ name }) => name === metric);
  const lags = of('tollgate_consumer_lag').map(({ labels, value }) => [labels['topic'] ?? '', value] as const);
  return {
    service,
    isUp: samples !== undefined,
    lag: lags.reduce((total, [, value]) => total + value, 0),
    lagByTopic: Object.fromEntries(lags),
    deadLetters: sum(of('tollgate_dead_letters_total')),
    outboxDepth: sum(of('tollgate_outbox_depth')),
    outboxAgeSeconds: sum(of('tollgate_outbox_age_seconds')),
  };
}

function toRatePoint(earlier: readonly Scrape[], scrape: Scrape): RatePoint {
  const rate = (series: Series): number => {
    // A look that a service did not answer says nothing: what came meanwhile belongs to the whole time since the last.
    const before = earlier.findLast(({ byService }) => byService.has(series.service));
    if (before === undefined || !scrape.byService.has(series.service)) return 0;
    const seconds = Math.max(0.001, (scrape.atMs - before.atMs) / 1000);
    return Math.round((grown(sum(find(before, series)), sum(find(scrape, series))) / seconds) * 100) / 100;
  };
  return {
    at: new Date(scrape.atMs).toISOString(),
    received: rate(RATES.received),
    decided: rate(RATES.decided),
    called: rate(RATES.called),
    webhooks: rate(RATES.webhooks),
  };
}

function totalsOf(scrape: Scrape, service: string, metric: string, labels: readonly string[]): Record<string, number> {
  const totals = new Map<string, number>();
  for (const sample of find(scrape, { service, metric, labels: {} })) {
    const name = labels.map((label) => sample.labels[label] ?? '').join(' ');
    totals.set(name, (totals.get(name) ?? 0) + sample.value);
  }
  return Object.fromEntries([...totals].toSorted(([, one], [, other]) => other - one));
}

function toLatency(name: string, series: Series, scrapes: readonly Scrape[]): Latency {
  const looks = scrapes
    .filter(({ byService }) => byService.has(series.service))
    .map((scrape) => countUpToLimits(scrape, series));
  const counts = new Map<number, number>();
  for (const [index, after] of looks.entries()) {
    const before = looks[index - 1];
    if (before === undefined) continue;
    const hasBegunAnew = (after.get(Infinity) ?? 0) < (before.get(Infinity) ?? 0);
    for (const [limit, count] of after) {
      const more = hasBegunAnew ? count : count - (before.get(limit) ?? 0);
      counts.set(limit, (counts.get(limit) ?? 0) + more);
    }
  }
  const cumulative = [...counts].toSorted(([one], [other]) => one - other);
  const at = (quantile: number): number | null => quantileOf(cumulative, quantile);
  return { name, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

/** A histogram's observations up to each limit, over all its other labels. */
function countUpToLimits(scrape: Scrape, series: Series): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { labels, value } of find(scrape, { ...series, metric: `${series.metric}_bucket` })) {
    const limit = labels['le'] === '+Inf' ? Infinity : Number(labels['le']);
    counts.set(limit, (counts.get(limit) ?? 0) + value);
  }
  return counts;
}

/**
 * The quantile by linear interpolation within its bucket, as Prometheus' histogram_quantile computes it; above the last
 * finite limit that limit.
 * @param cumulative observations up to each limit, ascending
 * @returns null without observations
 */
export function quantileOf(
  cumulative: ReadonlyArray<readonly [limit: number, count: number]>,
  quantile: number,
): number | null {
  const total = cumulative.at(-1)?.[1] ?? 0;
  if (total <= 0) return null;
  const rank = quantile * total;
  let [lowerLimit, lowerCount] = [0, 0];
  for (const [limit, count] of cumulative) {
    if (count >= rank) {
      if (limit === Infinity) return lowerLimit;
      const share = count === lowerCount ? 1 : (rank - lowerCount) / (count - lowerCount);
      return lowerLimit + (limit - lowerLimit) * share;
    }
    [lowerLimit, lowerCount] = [limit, count];
  }
  return lowerLimit;
}

function find(scrape: Scrape, { service, metric, labels }: Series): MetricSample[] {
  return (scrape.byService.get(service) ?? []).filter(
    (sample) =>
      sample.name === metric && Object.entries(labels).every(([name, value]) => sample.labels[name] === value),
  );
}

/** A counter that has become smaller began anew with its process. */
function grown(before: number, after: number): number {
  return after < before ? after : after - before;
}

function sum(samples: readonly MetricSample[]): number {
  return samples.reduce((total, { value }) => total + value, 0);
}
