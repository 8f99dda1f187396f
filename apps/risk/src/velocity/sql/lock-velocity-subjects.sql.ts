import { sql } from '@tollgate/persistence';

/**
 * Takes the row of every subject of a batch, making those that are missing. Two batches with a subject in common run
 * one after the other from here on, which keeps counts exact; the caller gives one sorted order, so that they cannot
 * wait for each other in a circle.
 */
export const lockVelocitySubjects = sql(
  'lock-velocity-subjects',
  `INSERT INTO velocity_subjects (merchant_id, kind, subject, seen_on)
   SELECT w.merchant_id, w.kind, w.subject, current_date
   FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS w(merchant_id, kind, subject, position)
   ORDER BY w.position
   ON CONFLICT (merchant_id, kind, subject) DO UPDATE SET seen_on = EXCLUDED.seen_on`,
);
