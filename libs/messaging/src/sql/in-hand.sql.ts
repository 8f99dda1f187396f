import { sql } from '@tollgate/persistence';

/** What dying processes had in hand, of this consumer. */
export const selectInHand = sql(
  'select-in-hand',
  `SELECT topic, partition, first_offset, last_offset, isolate_until, tries FROM in_hand WHERE consumer = $1`,
);

/**
 * Notes what is about to be handled. It outlives the process, not the machine: nobody waits for the disk. $1 consumer,
 * $2 topics, $3 partitions, $4 first offsets, $5 last offsets, $6 until where to isolate, $7 tries.
 */
export const markInHand = sql(
  'mark-in-hand',
  `INSERT INTO in_hand (consumer, topic, partition, first_offset, last_offset, isolate_until, tries)
   SELECT $1, noted.*
   FROM (SELECT set_config('synchronous_commit', 'off', true)) AS relaxed
   CROSS JOIN unnest($2::text[], $3::integer[], $4::bigint[], $5::bigint[], $6::bigint[], $7::integer[]) AS noted
   ON CONFLICT (consumer, topic, partition) DO UPDATE
   SET first_offset = EXCLUDED.first_offset, last_offset = EXCLUDED.last_offset,
       isolate_until = EXCLUDED.isolate_until, tries = EXCLUDED.tries`,
);

export const clearInHand = sql(
  'clear-in-hand',
  `DELETE FROM in_hand
   USING (SELECT set_config('synchronous_commit', 'off', true)) AS relaxed
   WHERE consumer = $1 AND topic = $2 AND partition = $3`,
);
