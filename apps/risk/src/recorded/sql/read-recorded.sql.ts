import { sql } from '@tollgate/persistence';

/** Of decisions `d`. */
export const RECORDED_COLUMNS = `d.merchant_id, d.attempt_id, d.amount_minor::text, d.currency, d.decision, d.reason, d.rule_set,
  d.rule_set_version, d.hits, d.features`;
/** The fates `f` of decisions `d`. */
export const FATES_OF_D = 'LEFT JOIN attempt_fates f ON f.attempt_id = d.attempt_id AND f.merchant_id = d.merchant_id';
const IN_RANGE = 'd.decided_at >= $1 AND d.decided_at < $2 AND ($3::text IS NULL OR d.merchant_id = $3)';

/** Opens a cursor: history is never held in memory, whatever its length. */
export const openRecorded = sql(
  'open-recorded-decisions',
  `DECLARE recorded NO SCROLL CURSOR FOR SELECT ${RECORDED_COLUMNS} FROM decisions d WHERE ${IN_RANGE}`,
);

/** The same, each decision with what became of its attempt. */
export const openRecordedWithFates = sql(
  'open-recorded-decisions-with-fates',
  `DECLARE recorded NO SCROLL CURSOR FOR
   SELECT ${RECORDED_COLUMNS}, f.outcome, f.authorised, f.declined, f.refunded, f.disputed
   FROM decisions d
   ${FATES_OF_D}
   WHERE ${IN_RANGE}`,
);

/** A page that is evaluated in a few milliseconds: batches of attempts get their turn in between. */
export const fetchRecorded = sql('fetch-recorded-decisions', 'FETCH 250 FROM recorded');
