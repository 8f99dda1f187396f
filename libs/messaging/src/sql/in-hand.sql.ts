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

/**
 * Puts back what was noted before, if the note is still this process's own. $1 consumer, $2 topic, $3 partition; $4 first
 * offset, $5 last offset, $6 tries as noted; $7 to $10 first offset, last offset, until where to isolate, tries before.
 */
export const unmarkInHand = sql(
  'unmark-in-hand',
  `UPDATE in_hand SET first_offset = $7, last_offset = $8, isolate_until = $9, tries = $10
   FROM (SELECT set_config('synchronous_commit', 'off', true)) AS relaxed
   WHERE consumer = $1 AND topic = $2 AND partition = $3 AND first_offset = $4 AND last_offset = $5 AND tries = $6`,
);
