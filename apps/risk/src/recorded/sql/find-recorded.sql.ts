import { sql } from '@tollgate/persistence';
import { FATES_OF_D, RECORDED_COLUMNS } from './read-recorded.sql.ts';

/** What was decided about each of the attempts, by which announcement, and what became of it. */
export const findRecordedWithFates = sql(
  'find-recorded-decisions-with-fates',
  `SELECT ${RECORDED_COLUMNS}, f.outcome, f.authorised, f.declined, f.refunded, f.disputed,
          d.received_at, d.announced_by_source, d.announced_by_id
   FROM unnest($1::text[], $2::uuid[]) AS w(merchant_id, attempt_id)
   JOIN decisions d ON d.attempt_id = w.attempt_id AND d.merchant_id = w.merchant_id
   ${FATES_OF_D}`,
);
