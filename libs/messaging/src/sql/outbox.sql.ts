import { sql } from '@tollgate/persistence';

/** One statement for all events of a transaction. `$6`: milliseconds until the relay may take them. */
export const insertOutbox = sql(
  'insert-outbox',
  `INSERT INTO outbox (id, topic, key, headers, value, value_bytes, available_at)
   SELECT id, topic, key, headers, value, value_bytes, clock_timestamp() + $7 * interval '1 millisecond'
   FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bytea[])
     AS o(id, topic, key, headers, value, value_bytes)`,
);

/**
 * Rows that have been published. The commit does not wait for the disk: should it be lost, the relay publishes the
 * rows once more and every inbox absorbs them.
 */
export const deleteOutbox = sql(
  'delete-outbox',
  `DELETE FROM outbox
   USING (SELECT set_config('synchronous_commit', 'off', true)) AS relaxed
   WHERE id = ANY($1::uuid[])`,
);

/**
 * Leases rows that a crash or a failed send left behind. SKIP LOCKED: several relays share the work; a lease and not an
 * open transaction: nothing remote happens inside one. `$1` rows at most, `$2` milliseconds of lease.
 */
export const leaseOutbox = sql(
  'lease-outbox',
  `UPDATE outbox SET available_at = clock_timestamp() + $2 * interval '1 millisecond'
   WHERE id IN (
     SELECT id FROM outbox WHERE available_at <= clock_timestamp() ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED
   )
   RETURNING id, topic, key, headers, value, value_bytes`,
);

/** Depth and age of what waits, for metrics. */
export const measureOutbox = sql(
  'measure-outbox',
  `SELECT count(*) AS depth, COALESCE(EXTRACT(EPOCH FROM clock_timestamp() - min(created_at)), 0)::float8 AS age_seconds
   FROM outbox`,
);
