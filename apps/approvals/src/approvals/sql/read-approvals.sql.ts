import { sql } from '@tollgate/persistence';
import { COLUMN_NAMES } from './approval-columns.sql.ts';

/** The votes on what is shown now, oldest first. */
const VOTES = `coalesce((
    SELECT jsonb_agg(jsonb_build_object('voter', v.voter, 'reviewer', v.reviewer, 'decision', v.decision,
                                        'note', v.note, 'at', v.voted_at) ORDER BY v.voted_at, v.voter)
    FROM vote v WHERE v.approval_id = a.id AND v.data_snapshot_hash = a.data_snapshot_hash), '[]') AS votes`;

/** A pending approval whose time is over is void, also before anybody has written that down. */
const SHOWN_DECISION = `CASE WHEN a.decision = 'pending' AND a.expires_at <= clock_timestamp() THEN 'cancelled' ELSE a.decision END`;

/** $1: merchant or null, $2: type, $3: resource, $4: kind. */
const FITTING = `($1::text IS NULL OR a.merchant_id = $1) AND ($2::text IS NULL OR a.resource_type = $2)
     AND ($3::text IS NULL OR a.resource_id = $3) AND ($4::text IS NULL OR a.kind = $4)`;
/** $5: decision or null. */
const OF_DECISION = `${FITTING} AND ($5::text IS NULL OR ${SHOWN_DECISION} = $5)`;
/** The queue, in words that fit its index: of all approvals ever kept few are pending. $5 is 'pending'. */
const PENDING = `${FITTING} AND a.decision = 'pending' AND a.decision = $5
     AND (a.expires_at IS NULL OR a.expires_at > clock_timestamp())`;

const SELECT_APPROVALS = `SELECT ${COLUMN_NAMES}, clock_timestamp() AS now, ${VOTES} FROM approval a`;

/** $6: limit, $7: offset. Newest first. */
export const listApprovals = sql(
  'approvals-list',
  `${SELECT_APPROVALS} WHERE ${OF_DECISION} ORDER BY a.created_at DESC, a.id DESC LIMIT $6 OFFSET $7`,
);

/** What is pending, newest first. $6: limit, $7: offset. */
export const listPending = sql(
  'approvals-list-pending',
  `${SELECT_APPROVALS} WHERE ${PENDING} ORDER BY a.created_at DESC, a.id DESC LIMIT $6 OFFSET $7`,
);

/** What is pending, the least time left first: what a page of it leaves out has time. $6: limit, $7: offset. */
export const listMostUrgent = sql(
  'approvals-list-most-urgent',
  `${SELECT_APPROVALS} WHERE ${PENDING}
   ORDER BY a.expires_at NULLS LAST, a.created_at, a.id LIMIT $6 OFFSET $7`,
);

export const countApprovals = sql(
  'approvals-count',
  `SELECT count(*)::text AS total FROM approval a WHERE ${OF_DECISION}`,
);

export const countPending = sql(
  'approvals-count-pending',
  `SELECT count(*)::text AS total FROM approval a WHERE ${PENDING}`,
);

/** $1: ids. */
export const findApprovals = sql('approvals-find', `${SELECT_APPROVALS} WHERE a.id = ANY ($1::uuid[])`);
