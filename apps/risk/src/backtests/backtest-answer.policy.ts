import type { BacktestAnswer } from '@tollgate/contracts';
import type { BacktestRow } from './backtest.types.ts';

/** A backtest as operators see it. */
export function toBacktestAnswer(row: BacktestRow): BacktestAnswer {
  return {
    id: row.backtest_id,
    version: row.version,
    name: row.name,
    from: row.from_at.toISOString(),
    to: row.to_at.toISOString(),
    merchantId: row.merchant_id,
    source: row.source,
    status: row.is_lost ? 'lost' : row.status,
    requestedAt: row.requested_at.toISOString(),
    requestedBy: row.requested_by,
    attemptsRead: row.attempts_read,
    result: row.result,
    problem: row.problem,
  };
}
