import type { BacktestResult } from '@tollgate/contracts';
import type { RuleSetActor } from '../rule-sets/rule-set-life.types.ts';

/** A backtest as the table keeps it. */
export interface BacktestRow {
  readonly backtest_id: string;
  readonly version: string;
  readonly name: string;
  readonly from_at: Date;
  readonly to_at: Date;
  readonly merchant_id: string | null;
  readonly status: 'running' | 'done' | 'failed';
  readonly requested_at: Date;
  readonly requested_by: RuleSetActor;
  readonly attempts_read: number;
  /** The process that runs it has said nothing for long. */
  readonly is_lost: boolean;
  readonly result: BacktestResult | null;
  readonly problem: string | null;
}
