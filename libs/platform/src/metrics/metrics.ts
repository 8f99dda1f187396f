import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What a metric is called; the name carries its unit last (`…_seconds`, `…_total`). */
export interface MetricOptions<Label extends string = string> {
  readonly name: string;
  readonly help: string;
  readonly labelNames?: readonly Label[];
}

/** From half a millisecond to half a minute: a commit, a request that waits, a call to the provider. */
const DURATION_BUCKETS_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/**
 * Prometheus metrics of one service. Asking for a name twice gives the same metric, so a class may ask in its
 * constructor. Labels must come from closed sets: an id as a label would grow without end.
 */
export class Metrics {
  readonly registry = new Registry();

  constructor(service: string) {
    this.registry.setDefaultLabels({ service });
    // Event loop lag, memory, garbage collection, open handles.
    collectDefaultMetrics({ register: this.registry });
  }

  counter<Label extends string>({ name, help, labelNames = [] }: MetricOptions<Label>): Counter<Label> {
    return (
      (this.registry.getSingleMetric(name) as Counter<Label> | undefined) ??
      new Counter({ name, help, labelNames, registers: [this.registry] })
    );
  }

  /** @param options `collect` sets the value at scrape time */
  gauge<Label extends string>({
    name,
    help,
    labelNames = [],
    collect,
  }: MetricOptions<Label> & { collect?: (this: Gauge<Label>) => void | Promise<void> }): Gauge<Label> {
    return (
      (this.registry.getSingleMetric(name) as Gauge<Label> | undefined) ??
      new Gauge({ name, help, labelNames, registers: [this.registry], ...(collect === undefined ? {} : { collect }) })
    );
  }

  histogram<Label extends string>({
    name,
    help,
    labelNames = [],
    buckets = DURATION_BUCKETS_SECONDS,
  }: MetricOptions<Label> & { buckets?: readonly number[] }): Histogram<Label> {
    return (
      (this.registry.getSingleMetric(name) as Histogram<Label> | undefined) ??
      new Histogram({ name, help, labelNames, buckets: [...buckets], registers: [this.registry] })
    );
  }

  /** The exposition text of Prometheus, version 0.0.4. */
  async toText(): Promise<string> {
    return this.registry.metrics();
  }
}
