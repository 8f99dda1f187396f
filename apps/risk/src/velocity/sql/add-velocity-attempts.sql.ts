import { sql } from '@tollgate/persistence';

/** Counts the attempts of a batch: one row for each subject and second, made or added to. */
export const addVelocityAttempts = sql(
  'add-velocity-attempts',
  `INSERT INTO velocity_buckets (merchant_id, kind, subject, second, attempts, offsets_ms)
   SELECT w.merchant_id, w.kind, w.subject, w.second, count(*), array_agg(w.offset_ms)
   FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::smallint[])
     AS w(merchant_id, kind, subject, second, offset_ms)
   GROUP BY w.merchant_id, w.kind, w.subject, w.second
   ON CONFLICT (merchant_id, kind, subject, second) DO UPDATE
     SET attempts = velocity_buckets.attempts + EXCLUDED.attempts,
         offsets_ms = velocity_buckets.offsets_ms || EXCLUDED.offsets_ms`,
);
