/** What the overview shows: computed by the console's server from the services' own metrics. */
export interface Figures {
  /** RFC 3339: when the newest metrics were read. */
  readonly asOf: string;
  /** How far back the series, the latencies and the rates reach. Seconds. */
  readonly windowSeconds: number;
  readonly services: readonly ServiceFigures[];
  /** Oldest first. */
  readonly series: readonly RatePoint[];
  /** Since each service started, by name: what became of attempts, decisions of the rules, answers of Primer, verdicts on webhooks. */
  readonly totals: {
    readonly outcomes: Readonly<Record<string, number>>;
    readonly decisions: Readonly<Record<string, number>>;
    readonly calls: Readonly<Record<string, number>>;
    readonly webhooks: Readonly<Record<string, number>>;
  };
  readonly latencies: readonly Latency[];
}

export interface ServiceFigures {
  readonly service: string;
  readonly isUp: boolean;
  /** Records that are not handled yet, over all topics. */
  readonly lag: number;
  readonly lagByTopic: Readonly<Record<string, number>>;
  /** Records that it could not handle since it started. */
  readonly deadLetters: number;
  /** Events that are committed and not known as published. */
  readonly outboxDepth: number;
  readonly outboxAgeSeconds: number;
}

/** Things per second between this point and the one before. */
export interface RatePoint {
  readonly at: string;
  readonly received: number;
  readonly decided: number;
  readonly called: number;
  readonly webhooks: number;
}

/** Quantiles over the window; null without an observation in it. Seconds. */
export interface Latency {
  readonly name: string;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}
