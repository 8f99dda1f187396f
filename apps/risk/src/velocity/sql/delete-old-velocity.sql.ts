import { sql } from '@tollgate/persistence';

/** A limited number of buckets written before `$1`. */
export const deleteOldBuckets = sql(
  'delete-old-velocity-buckets',
  `DELETE FROM velocity_buckets
   WHERE ctid = ANY(ARRAY(
     SELECT ctid FROM velocity_buckets WHERE written_at < $1 ORDER BY written_at LIMIT $2 FOR UPDATE SKIP LOCKED))
   RETURNING 1`,
);

/** A limited number of subjects not seen since the day `$1`; their buckets are older still. */
export const deleteOldSubjects = sql(
  'delete-old-velocity-subjects',
  `DELETE FROM velocity_subjects
   WHERE ctid = ANY(ARRAY(
     SELECT ctid FROM velocity_subjects WHERE seen_on < $1::timestamptz::date ORDER BY seen_on LIMIT $2
     FOR UPDATE SKIP LOCKED))
   RETURNING 1`,
);
