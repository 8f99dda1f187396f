import { sql } from '@tollgate/persistence';

/**
 * Claims events for this consumer: a row for each that is claimed now, and one for each that was known of its id before,
 * be it the same (duplicate), with another time or digest (conflict), or dead (waiting for a re-drive).
 *
 * `prior` is read on the statement's snapshot, which does not see the rows that `claimed` inserts. A row that another
 * transaction commits meanwhile is neither, so it gets no row: a duplicate.
 *
 * Planning for all partitions takes longer than running it, so it must be planned once and well for every size of batch
 * and table: the sub-select hides the batch's size, which would else call for a plan of its own, and OFFSET 0 has
 * every row looked up by the index.
 */
export const claimInbox = sql(
  'claim-inbox',
  `WITH wanted AS (
     SELECT * FROM unnest((SELECT $2::text[]), $3::text[], $4::timestamptz[], $5::bytea[], $6::text[])
       AS w(source, event_id, event_time, digest, status)
   ), claimed AS (
     INSERT INTO inbox (consumer, source, event_id, event_time, digest, status)
     SELECT $1, source, event_id, event_time, digest, status FROM wanted
     ORDER BY source, event_id
     ON CONFLICT DO NOTHING
     RETURNING source, event_id
   )
   SELECT source, event_id, true AS claimed,
          NULL::timestamptz AS prior_time, NULL::bytea AS prior_digest, NULL::text AS prior_status
   FROM claimed
   UNION ALL
   SELECT p.source, p.event_id, false, p.event_time, p.digest, p.status
   FROM wanted w
   CROSS JOIN LATERAL (
     SELECT * FROM inbox
     WHERE inbox.consumer = $1 AND inbox.source = w.source AND inbox.event_id = w.event_id
     OFFSET 0
   ) AS p`,
);

/** A re-drive turns `dead` into `done` once, whoever comes first. */
export const reviveInbox = sql(
  'revive-inbox',
  `UPDATE inbox SET status = 'done'
   FROM unnest($2::text[], $3::text[]) AS w(source, event_id)
   WHERE inbox.consumer = $1 AND inbox.source = w.source AND inbox.event_id = w.event_id AND inbox.status = 'dead'
   RETURNING inbox.source, inbox.event_id`,
);

/** Events that were claimed in this transaction and could not be handled after all. */
export const buryInbox = sql(
  'bury-inbox',
  `UPDATE inbox SET status = 'dead'
   FROM unnest($2::text[], $3::text[], $4::timestamptz[]) AS w(source, event_id, event_time)
   WHERE inbox.consumer = $1 AND inbox.source = w.source AND inbox.event_id = w.event_id
     AND inbox.event_time = w.event_time`,
);

/** The claim of an id that turned out to be taken with another time: the row of the other one stays. */
export const unclaimInbox = sql(
  'unclaim-inbox',
  `DELETE FROM inbox
   USING unnest($2::text[], $3::text[], $4::timestamptz[]) AS w(source, event_id, event_time)
   WHERE inbox.consumer = $1 AND inbox.source = w.source AND inbox.event_id = w.event_id
     AND inbox.event_time = w.event_time`,
);
