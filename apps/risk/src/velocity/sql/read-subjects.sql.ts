import { sql } from '@tollgate/persistence';

/** What is known of each subject, with its place in the parameters (from 0). Unknown subjects have no row. */
export const readSubjects = sql(
  'read-velocity-subjects',
  `SELECT (w.position - 1)::integer AS position, s.first_seen_ms::float8 AS first_seen_ms, s.sealed::float8 AS sealed,
          s.recent, s.approved, s.aborted, s.declined, s.refunded, s.disputed, s.mismatched
   FROM unnest($1::uuid[]) WITH ORDINALITY AS w(key, position)
   JOIN subjects s ON s.key = w.key`,
);

/** The different values that subjects' attempts have named. */
export const readSeenValues = sql(
  'read-velocity-seen-values',
  `SELECT (w.position - 1)::integer AS position, v.seen
   FROM unnest($1::uuid[], $2::text[]) WITH ORDINALITY AS w(key, of_kind, position)
   JOIN velocity_values v ON v.key = w.key AND v.of_kind = w.of_kind`,
);
