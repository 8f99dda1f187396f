import { sql } from '@tollgate/persistence';

/** A limited number of blocks written before `$1`. */
export const deleteOldBlocks = sql(
  'delete-old-velocity-blocks',
  `DELETE FROM velocity_blocks
   WHERE ctid = ANY(ARRAY(
     SELECT ctid FROM velocity_blocks WHERE written_at < $1 ORDER BY written_at LIMIT $2 FOR UPDATE SKIP LOCKED))
   RETURNING 1`,
);

/** A limited number of value sets not added to since the day `$1`. */
export const deleteOldSeenValues = sql(
  'delete-old-velocity-values',
  `DELETE FROM velocity_values
   WHERE ctid = ANY(ARRAY(
     SELECT ctid FROM velocity_values WHERE seen_on < $1::timestamptz::date ORDER BY seen_on LIMIT $2
     FOR UPDATE SKIP LOCKED))
   RETURNING 1`,
);

/** A limited number of subjects not seen since the day `$1`; their blocks are older still. */
export const deleteOldSubjects = sql(
  'delete-old-velocity-subjects',
  `DELETE FROM subjects
   WHERE ctid = ANY(ARRAY(
     SELECT ctid FROM subjects WHERE seen_on < $1::timestamptz::date ORDER BY seen_on LIMIT $2
     FOR UPDATE SKIP LOCKED))
   RETURNING 1`,
);
