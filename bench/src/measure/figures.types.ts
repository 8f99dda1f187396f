/** Of a distribution, milliseconds. */
export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** CPU milliseconds for each checkout, by process; PostgreSQL in all and by whom it served. */
export type CpuPerCheckout = Readonly<Record<string, number>>;

/** A closed loop from the first POST to the last ledger entry. */
export interface ThroughputFigures {
  readonly checkouts: number;
  readonly seconds: number;
  readonly perSecond: number;
  /** From POST to the answer with the outcome. */
  readonly answerMs: Percentiles;
  readonly cpuMsPerCheckout: CpuPerCheckout;
  /** Of one core, all processes of the machine that belong to the benchmark together. */
  readonly coresBusy: number;
}

/** An open loop at a fixed rate. */
export interface LatencyFigures {
  readonly ratePerSecond: number;
  readonly checkouts: number;
  /** From POST to the arrival of the approve call at the provider. */
  readonly approveMs: Percentiles;
  /** From POST to the answer with the outcome. */
  readonly answerMs: Percentiles;
  /** How late requests left after their moment: the driver's own delay, which the latencies do not hold. */
  readonly lateMsP99: number;
  readonly cpuMsPerCheckout: CpuPerCheckout;
}

/** Everything one round of one column gave. */
export interface RoundFigures {
  readonly throughput?: ThroughputFigures;
  readonly latencies: readonly LatencyFigures[];
  /** Resident memory at its most since the service started, MB (2^20 bytes). */
  readonly memoryPeakMb: Readonly<Record<string, number>>;
}

/** The relay ships what a crash left in an outbox. */
export interface RelayFigures {
  readonly events: number;
  readonly seconds: number;
  readonly perSecond: number;
}

/** Approvals at the emulator in a closed loop. */
export interface ApprovalFigures {
  readonly perSecond: number;
  /** From approve to its answer. */
  readonly answerMs: Percentiles;
  /** Of the emulator's process: steadier than the rate on a busy machine. */
  readonly cpuMsPerApproval: number;
}

/** The emulator with nothing beside it but its caller. */
export interface EmulatorFigures {
  /** What was measured: it may be newer than the rest of a result. */
  readonly commit: string;
  /** Of each round. */
  readonly approvals: number;
  readonly alone: ApprovalFigures;
  /** Until every payment's webhook was answered too. */
  readonly withWebhooks: ApprovalFigures;
}

/** Resident memory by service, MB. */
export interface MemorySample {
  /** Since the load began. */
  readonly second: number;
  readonly byService: Readonly<Record<string, number>>;
}

/** The product with many attempts in its tables, and under load for long. */
export interface EnduranceFigures {
  /** Attempts in the tables before the measured ones. */
  readonly preloaded: number;
  readonly perSecondEmpty: number;
  readonly perSecondPreloaded: number;
  readonly steadyRatePerSecond: number;
  readonly steadySeconds: number;
  /** In time order. */
  readonly memoryMb: readonly MemorySample[];
}
