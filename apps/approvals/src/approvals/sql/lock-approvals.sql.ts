import { sql } from '@tollgate/persistence';
import { COLUMN_NAMES } from './approval-columns.sql.ts';

/** $1: ids. Held until the transaction ends: of two who decide at once the second sees what the first has decided. */
export const lockApprovals = sql(
  'approvals-lock',
  `SELECT ${COLUMN_NAMES} FROM approval WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE`,
);

/** $1: merchants, $2: resources (pairwise), $3: type. */
export const lockReviews = sql(
  'approvals-lock-reviews',
  `SELECT ${COLUMN_NAMES} FROM approval
   WHERE resource_type = $3
     AND (merchant_id, resource_id) IN (SELECT * FROM unnest($1::text[], $2::text[]))
   ORDER BY id FOR UPDATE`,
);

/** Pending ones whose time is over; those that somebody is deciding are left to them. $1: how many at most. */
export const lockOverdueApprovals = sql(
  'approvals-lock-overdue',
  `SELECT ${COLUMN_NAMES} FROM approval
   WHERE decision = 'pending' AND expires_at <= clock_timestamp()
   ORDER BY expires_at, id LIMIT $1
   FOR UPDATE SKIP LOCKED`,
);

/** Milliseconds until the next pending one is over. */
export const selectNextExpiry = sql(
  'approvals-next-expiry',
  `SELECT extract(epoch FROM min(expires_at) - clock_timestamp()) * 1000 AS delay_ms
   FROM approval WHERE decision = 'pending'`,
);

/** Read after the rows are locked, by a statement of its own: what was committed while it waited is in it. $1: ids. */
export const findVotes = sql(
  'approvals-find-votes',
  `SELECT v.approval_id, v.voter, v.reviewer, v.decision, v.note, v.voted_at
   FROM vote v JOIN approval a ON a.id = v.approval_id AND a.data_snapshot_hash = v.data_snapshot_hash
   WHERE v.approval_id = ANY ($1::uuid[]) ORDER BY v.voted_at, v.voter`,
);

/** The database's clock, asked once the locks are held. Milliseconds, since that is what events carry. */
export const selectNow = sql('approvals-now', `SELECT date_trunc('milliseconds', clock_timestamp()) AS now`);
