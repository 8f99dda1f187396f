import { sql } from '@tollgate/persistence';

/** What this consumer's inbox holds under these ids, whatever their time. */
export const findInbox = sql(
  'find-inbox',
  `SELECT source, event_id AS "eventId", event_time AS "eventTime", digest, status
   FROM inbox
   JOIN unnest($2::text[], $3::text[]) AS w(source, event_id) USING (source, event_id)
   WHERE consumer = $1`,
);
