import { sql } from '@tollgate/persistence';

/** Closes one that is open. $1: id, $2: by whom, $3: note. */
export const closeIncident = sql(
  'gateway-close-incident',
  `UPDATE incident SET closed_at = clock_timestamp(), closed_by = $2, close_note = $3
   WHERE id = $1::uuid AND closed_at IS NULL
   RETURNING *`,
);

/** Closes what is open of these kinds ($3) about attempts ($1, $2: merchants and attempts) that have their outcome. $4, $5: who, note. */
export const closeSettledIncidents = sql(
  'gateway-close-settled-incidents',
  `UPDATE incident SET closed_at = clock_timestamp(), closed_by = $4, close_note = $5
   FROM unnest($1::text[], $2::uuid[]) AS settled (merchant_id, attempt_id)
   WHERE incident.merchant_id = settled.merchant_id AND incident.attempt_id = settled.attempt_id
     AND incident.kind = ANY ($3::text[]) AND incident.closed_at IS NULL`,
);

/** Closes what is open of these kinds ($3) of merchant $1 with subject $2. $4, $5: who, note. */
export const closeIncidentsOfSubject = sql(
  'gateway-close-incidents-of-subject',
  `UPDATE incident SET closed_at = clock_timestamp(), closed_by = $4, close_note = $5
   WHERE merchant_id = $1 AND subject = $2 AND kind = ANY ($3::text[]) AND closed_at IS NULL`,
);

/** Open incidents of a kind. $1: kind. */
export const findOpenIncidents = sql(
  'gateway-find-open-incidents',
  'SELECT * FROM incident WHERE kind = $1 AND closed_at IS NULL',
);

/** Closes those ($1: ids) that have not been seen since ($2: when they were last seen, as it was read). $3, $4: who, note. */
export const closeSeenUntil = sql(
  'gateway-close-incidents-seen-until',
  `UPDATE incident SET closed_at = clock_timestamp(), closed_by = $3, close_note = $4
   FROM unnest($1::uuid[], $2::timestamptz[]) AS known (id, last_seen_at)
   WHERE incident.id = known.id AND incident.closed_at IS NULL
     AND date_trunc('milliseconds', incident.last_seen_at) <= known.last_seen_at`,
);

/** $1: id. */
export const lockIncident = sql('gateway-lock-incident', 'SELECT * FROM incident WHERE id = $1::uuid FOR UPDATE');

/** Notes which command cancels the payment. $1: id, $2: command id. */
export const noteCancel = sql(
  'gateway-note-cancel-of-incident',
  `UPDATE incident SET facts = facts || jsonb_build_object('cancelCommandId', $2::text) WHERE id = $1::uuid`,
);

/** Closes what is open of these kinds ($3) about payments ($1, $2: merchants and payments) that are gone. $4, $5: who, note. */
export const closeIncidentsOfPayments = sql(
  'gateway-close-incidents-of-payments',
  `UPDATE incident SET closed_at = clock_timestamp(), closed_by = $4, close_note = $5
   FROM unnest($1::text[], $2::text[]) AS gone (merchant_id, payment_id)
   WHERE incident.merchant_id = gone.merchant_id AND incident.payment_id = gone.payment_id
     AND incident.kind = ANY ($3::text[]) AND incident.closed_at IS NULL`,
);

/** $1: id. */
export const findIncident = sql('gateway-find-incident', 'SELECT * FROM incident WHERE id = $1::uuid');

/** Open incidents by kind: how many, and the age of the oldest in seconds. */
export const countOpenIncidents = sql(
  'gateway-count-open-incidents',
  `SELECT kind, count(*) AS open, extract(epoch FROM clock_timestamp() - min(opened_at))::float8 AS oldest_seconds
   FROM incident WHERE closed_at IS NULL GROUP BY kind`,
);
