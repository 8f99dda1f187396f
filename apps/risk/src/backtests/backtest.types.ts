import type { BacktestResult, BacktestSource } from '@tollgate/contracts';
import type { DecisionWithFate, RecordedRange } from '../recorded/recorded-decision.types.ts';
import type { RuleSetActor } from '../rule-sets/rule-set-life.types.ts';
import type { RuleSet } from '../rule-sets/rule-set.types.ts';

/** A backtest as the table keeps it. */
export interface BacktestRow {
  readonly backtest_id: string;
  readonly version: string;
  readonly name: string;
  readonly from_at: Date;
  readonly to_at: Date;
  readonly merchant_id: string | null;
  readonly source: BacktestSource;
  readonly status: 'running' | 'done' | 'failed';
  readonly requested_at: Date;
  readonly requested_by: RuleSetActor;
  readonly attempts_read: number;
  /** The process that runs it has said nothing for long. */
  readonly is_lost: boolean;
  readonly result: BacktestResult | null;
  readonly problem: string | null;
}

/** What is tried, and on what. */
export interface BacktestOrder {
  readonly candidate: RuleSet;
  readonly range: RecordedRange;
  readonly source: BacktestSource;
}

/** Decisions with their fates, on the features that a source has of them. */
export type VisitDecisions = (page: readonly DecisionWithFate[]) => void | Promise<void>;
