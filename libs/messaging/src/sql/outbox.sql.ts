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
 * open transaction: nothing remote happens inside one. `$1` rows at most, `$2` milliseconds of lease; rows in front that
 * come to `$3` bytes are enough, and what is too much for that is left as it was. `$4` topics that wait. A value's length
 * is known without reading it. An array, so that the rows are found by the index however little is known of the table.
 */
export const leaseOutbox = sql(
  'lease-outbox',
  `WITH due AS (
     SELECT id, octet_length(headers) + COALESCE(octet_length(key), 0)
       + COALESCE(octet_length(value), octet_length(value_bytes), 0) AS bytes
     FROM outbox WHERE available_at <= clock_timestamp() AND topic <> ALL($4::text[]) ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED
   ), leased AS (
     SELECT id FROM (SELECT id, sum(bytes) OVER (ORDER BY id) - bytes AS bytes_before FROM due) AS summed
     WHERE bytes_before < $3
   )
   UPDATE outbox SET available_at = clock_timestamp() + $2 * interval '1 millisecond'
   WHERE id = ANY(ARRAY(SELECT id FROM leased))
   RETURNING id, topic, key, headers, value, value_bytes`,
);

/**
 * Depth and age of what waits, for metrics. Ids are in the order of time. The depth ends at `$1`: to count a backlog of
 * hours takes longer than a statement may.
 */
export const measureOutbox = sql(
  'measure-outbox',
  `SELECT (SELECT count(*) FROM (SELECT FROM outbox LIMIT $1) AS counted) AS depth,
     COALESCE(EXTRACT(EPOCH FROM clock_timestamp() - (SELECT created_at FROM outbox ORDER BY id LIMIT 1)), 0)::float8
       AS age_seconds`,
);
