import { sql } from '@tollgate/persistence';

/** Writes the subjects of a batch as it leaves them. The caller holds their merchants' locks and gives one sorted order. */
export const writeSubjects = sql(
  'write-velocity-subjects',
  `INSERT INTO subjects (key, kind, first_seen_ms, sealed, recent, seen_on)
   SELECT w.key, w.kind, w.first_seen_ms, w.sealed, w.recent, current_date
   FROM unnest($1::uuid[], $2::text[], $3::float8[], $4::bigint[], $5::bytea[]) WITH ORDINALITY
     AS w(key, kind, first_seen_ms, sealed, recent, position)
   ORDER BY w.position
   ON CONFLICT (key) DO UPDATE
     SET first_seen_ms = EXCLUDED.first_seen_ms, sealed = EXCLUDED.sealed, recent = EXCLUDED.recent,
         seen_on = EXCLUDED.seen_on`,
);

/** The same of the values that distinct velocities tell apart. */
export const writeSeenValues = sql(
  'write-velocity-seen-values',
  `INSERT INTO velocity_values (key, of_kind, seen, seen_on)
   SELECT w.key, w.of_kind, w.seen, current_date
   FROM unnest($1::uuid[], $2::text[], $3::bytea[]) WITH ORDINALITY AS w(key, of_kind, seen, position)
   ORDER BY w.position
   ON CONFLICT (key, of_kind) DO UPDATE SET seen = EXCLUDED.seen, seen_on = EXCLUDED.seen_on`,
);

export const insertBlocks = sql(
  'insert-velocity-blocks',
  `INSERT INTO velocity_blocks (key, last_ms, first_ms, currency, attempts, amount_minor, entries)
   SELECT * FROM unnest($1::uuid[], $2::float8[], $3::float8[], $4::text[], $5::integer[], $6::numeric[], $7::bytea[])`,
);
