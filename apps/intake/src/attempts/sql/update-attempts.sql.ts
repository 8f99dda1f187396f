import { sql } from '@tollgate/persistence';

/** Writes merged facts and the status they amount to. $1 merchants, $2 ids, $3 statuses, $4 facts. */
export const updateFacts = sql(
  'intake-update-facts',
  `UPDATE attempts a
      SET status = rows.status, facts = rows.facts
     FROM unnest($1::text[], $2::uuid[], $3::text[], $4::jsonb[]) AS rows (merchant_id, attempt_id, status, facts)
    WHERE a.merchant_id = rows.merchant_id AND a.attempt_id = rows.attempt_id`,
);

/** Adds timeline lines; one that is there already is left alone and not returned. */
export const insertTimeline = sql(
  'intake-insert-timeline',
  `INSERT INTO attempt_timeline (merchant_id, attempt_id, entry_id, at, event, detail)
   SELECT * FROM unnest($1::text[], $2::uuid[], $3::text[], $4::timestamptz[], $5::text[], $6::jsonb[])
   ON CONFLICT DO NOTHING
   RETURNING entry_id`,
);

/** Sightings that get a timeline line of their own; further ones are counted only. */
const SIGHTING_LINES_MAX = 50;

/** Counts repeated receipts and notes them in the timeline. $1 merchants, $2 ids, $3 how often, $4 where from. */
export const recordSightings = sql(
  'intake-record-sightings',
  `WITH seen AS (
     UPDATE attempts a
        SET sightings = a.sightings + rows.times
       FROM unnest($1::text[], $2::uuid[], $3::int[], $4::text[]) AS rows (merchant_id, attempt_id, times, source)
      WHERE a.merchant_id = rows.merchant_id AND a.attempt_id = rows.attempt_id
     RETURNING a.merchant_id, a.attempt_id, a.sightings, rows.source)
   INSERT INTO attempt_timeline (merchant_id, attempt_id, entry_id, at, event, detail)
   SELECT merchant_id, attempt_id, 'seen-' || sightings, clock_timestamp(), 'SEEN_AGAIN',
          jsonb_build_object('source', source)
     FROM seen
    WHERE sightings <= ${SIGHTING_LINES_MAX}
   ON CONFLICT DO NOTHING`,
);
