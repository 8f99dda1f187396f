export type Features = Readonly<Record<string, string | number | readonly string[] | null>>;

/** A recorded decision as a backtest reads it. */
export interface RecordedRow {
  readonly merchant_id: string;
  readonly attempt_id: string;
  readonly amount_minor: string;
  readonly currency: string;
  readonly decision: string;
  readonly reason: string;
  readonly rule_set: string;
  readonly rule_set_version: string;
  readonly hits: readonly never[];
  readonly features: Features;
}

/** What rules carry alone. Every rate is for a second of one core. */
export interface RulesFigures {
  /** Of the set that is measured. */
  readonly rules: number;
  /** Attempts on which all of them are evaluated. */
  readonly attemptsPerSecond: number;
  /** The same with the set that is shipped. */
  readonly shippedAttemptsPerSecond: number;
  /** Recorded decisions that a backtest of the measured set works off, from their stored text on, without the database. */
  readonly backtestPerSecond: number;
}

/** What is measured of risk. */
export interface RiskRules {
  readonly parseRuleSet: (text: string, origin: string) => object;
  readonly evaluate: (ruleSet: object, features: Features) => unknown;
  readonly BacktestTally: new (candidate: object) => { add: (row: RecordedRow, fate: null) => void };
}
