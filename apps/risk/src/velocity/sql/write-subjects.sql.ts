import { sql } from '@tollgate/persistence';

/**
 * Writes the subjects of a batch as it leaves them. The caller holds their merchants' locks and gives one sorted order.
 * What is packed comes in one piece, with the bytes of each: an array of it would go as text, twice as long.
 */
export const writeSubjects = sql(
  'write-velocity-subjects',
  `INSERT INTO subjects (key, kind, first_seen_ms, sealed, recent, seen_on)
   SELECT w.key, w.kind, w.first_seen_ms, w.sealed, substring($5::bytea FROM w.start + 1 FOR w.bytes), current_date
   FROM unnest($1::uuid[], $2::text[], $3::float8[], $4::bigint[], $6::integer[], $7::integer[]) WITH ORDINALITY
     AS w(key, kind, first_seen_ms, sealed, start, bytes, position)
   ORDER BY w.position
   ON CONFLICT (key) DO UPDATE
     SET first_seen_ms = EXCLUDED.first_seen_ms, sealed = EXCLUDED.sealed, recent = EXCLUDED.recent,
         seen_on = EXCLUDED.seen_on`,
);

/** The same of the values that distinct velocities tell apart. */
export const writeSeenValues = sql(
  'write-velocity-seen-values',
  `INSERT INTO velocity_values (key, of_kind, seen, seen_on)
   SELECT w.key, w.of_kind, substring($3::bytea FROM w.start + 1 FOR w.bytes), current_date
   FROM unnest($1::uuid[], $2::text[], $4::integer[], $5::integer[]) WITH ORDINALITY
     AS w(key, of_kind, start, bytes, position)
   ORDER BY w.position
   ON CONFLICT (key, of_kind) DO UPDATE SET seen = EXCLUDED.seen, seen_on = EXCLUDED.seen_on`,
);

export const insertBlocks = sql(
  'insert-velocity-blocks',
  `INSERT INTO velocity_blocks (key, last_ms, first_ms, currency, attempts, amount_minor, entries)
   SELECT * FROM unnest($1::uuid[], $2::float8[], $3::float8[], $4::text[], $5::integer[], $6::numeric[], $7::bytea[])`,
);
