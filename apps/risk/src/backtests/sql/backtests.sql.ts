import { sql } from '@tollgate/persistence';

const COLUMNS = `b.backtest_id, b.version, s.name, b.from_at, b.to_at, b.merchant_id, b.source, b.status,
  b.requested_at, b.requested_by, b.attempts_read, b.result, b.problem,
  b.status = 'running' AND b.heard_of_at < now() - interval '1 minute' AS is_lost`;

export const insertBacktest = sql(
  'insert-backtest',
  `INSERT INTO backtests (backtest_id, version, from_at, to_at, merchant_id, source, requested_by)
   VALUES ($1, $2, $3, $4, $5, $6, $7)`,
);

export const noteBacktestProgress = sql(
  'note-backtest-progress',
  'UPDATE backtests SET attempts_read = $2, heard_of_at = now() WHERE backtest_id = $1',
);

export const endBacktest = sql(
  'end-backtest',
  `UPDATE backtests SET status = $2, attempts_read = $3, result = $4, problem = $5, heard_of_at = now()
   WHERE backtest_id = $1`,
);

export const selectBacktest = sql(
  'select-backtest',
  `SELECT ${COLUMNS} FROM backtests b JOIN rule_sets s USING (version) WHERE b.backtest_id = $1`,
);

export const selectBacktests = sql(
  'select-backtests',
  `SELECT ${COLUMNS} FROM backtests b JOIN rule_sets s USING (version) ORDER BY b.requested_at DESC LIMIT 50`,
);
