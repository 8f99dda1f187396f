import { sql } from '@tollgate/persistence';

/**
 * Stores attempts in the order given, which `arrival` keeps; what exists stays as it is and is not returned.
 * One array a column.
 */
export const insertAttempts = sql(
  'intake-insert-attempts',
  `INSERT INTO attempts (merchant_id, attempt_id, client_session_id, instrument, analytics_id, order_id, amount_minor,
                         currency, received_at, decide_by, approve_by, expires_at, status)
   SELECT merchant_id, attempt_id, client_session_id, instrument, analytics_id, order_id, amount_minor,
          currency, received_at, decide_by, approve_by, expires_at, 'RECEIVED'
     FROM unnest($1::text[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::numeric[], $8::text[],
                 $9::timestamptz[], $10::timestamptz[], $11::timestamptz[], $12::timestamptz[]) WITH ORDINALITY
       AS rows (merchant_id, attempt_id, client_session_id, instrument, analytics_id, order_id, amount_minor,
                currency, received_at, decide_by, approve_by, expires_at, ordinal)
    ORDER BY ordinal
   ON CONFLICT (merchant_id, attempt_id) DO NOTHING
   RETURNING merchant_id, attempt_id`,
);

/** Gives an attempt that only later events had told of its instrument. $1 merchants, $2 ids, $3 instruments, $4 analytics ids. */
export const completeAttempts = sql(
  'intake-complete-attempts',
  `UPDATE attempts a
      SET instrument = rows.instrument, analytics_id = rows.analytics_id
     FROM unnest($1::text[], $2::uuid[], $3::text[], $4::text[])
       AS rows (merchant_id, attempt_id, instrument, analytics_id)
    WHERE a.merchant_id = rows.merchant_id AND a.attempt_id = rows.attempt_id AND a.instrument IS NULL`,
);
