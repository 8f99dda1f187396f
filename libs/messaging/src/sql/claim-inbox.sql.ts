import { sql } from '@tollgate/persistence';

/**
 * Claims events for this consumer and tells, for each, what was known of its id before: a row at all (duplicate), with
 * another time or digest (conflict), or dead (waiting for a re-drive).
 *
 * `prior` is read on the statement's snapshot, which does not see the rows that `claimed` inserts. A row that another
 * transaction commits meanwhile is neither claimed nor prior: a duplicate.
 */
export const claimInbox = sql(
  'claim-inbox',
  `WITH wanted AS (
     SELECT * FROM unnest($2::text[], $3::text[], $4::timestamptz[], $5::bytea[], $6::text[])
       AS w(source, event_id, event_time, digest, status)
   ), claimed AS (
     INSERT INTO inbox (consumer, source, event_id, event_time, digest, status)
     SELECT $1, source, event_id, event_time, digest, status FROM wanted
     ORDER BY source, event_id
     ON CONFLICT DO NOTHING
     RETURNING source, event_id
   )
   SELECT w.source, w.event_id, (c.event_id IS NOT NULL) AS claimed,
          p.event_time AS prior_time, p.digest AS prior_digest, p.status AS prior_status
   FROM wanted w
   LEFT JOIN claimed c ON c.source = w.source AND c.event_id = w.event_id
   LEFT JOIN inbox p ON p.consumer = $1 AND p.source = w.source AND p.event_id = w.event_id`,
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
