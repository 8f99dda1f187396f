import { sql } from '@tollgate/persistence';

/**
 * Stores attempts in the order given, which `arrival` keeps, and lists them for those who look them up; what exists stays
 * as it is and is not returned. One array a column.
 */
export const insertAttempts = sql(
  'intake-insert-attempts',
  `WITH given AS MATERIALIZED (
     SELECT *
       FROM unnest($1::text[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::numeric[], $8::text[],
                   $9::timestamptz[], $10::timestamptz[], $11::timestamptz[], $12::timestamptz[], $13::text[])
              WITH ORDINALITY
         AS rows (merchant_id, attempt_id, client_session_id, instrument, analytics_id, order_id, amount_minor,
                  currency, received_at, decide_by, approve_by, expires_at, customer_id, ordinal)
   ), stored AS (
     INSERT INTO attempts (merchant_id, attempt_id, client_session_id, instrument, analytics_id, order_id, amount_minor,
                           currency, received_at, decide_by, approve_by, expires_at, status)
     SELECT merchant_id, attempt_id, client_session_id, instrument, analytics_id, order_id, amount_minor,
            currency, received_at, decide_by, approve_by, expires_at, 'RECEIVED'
       FROM given
      ORDER BY ordinal
     ON CONFLICT (merchant_id, attempt_id) DO NOTHING
     RETURNING merchant_id, attempt_id
   ), listed AS (
     INSERT INTO attempt_listing (merchant_id, attempt_id, order_id, customer_id)
     SELECT merchant_id, attempt_id, order_id, customer_id
       FROM stored JOIN given USING (merchant_id, attempt_id)
      ORDER BY ordinal
   )
   SELECT merchant_id, attempt_id FROM stored`,
);

/**
 * Gives an attempt that only later events had told of its instrument, and lists it under its customer. $1 merchants,
 * $2 ids, $3 instruments, $4 analytics ids, $5 customers.
 */
export const completeAttempts = sql(
  'intake-complete-attempts',
  `WITH given AS (
     SELECT *
       FROM unnest($1::text[], $2::uuid[], $3::text[], $4::text[], $5::text[])
         AS rows (merchant_id, attempt_id, instrument, analytics_id, customer_id)
   ), completed AS (
     UPDATE attempts a
        SET instrument = given.instrument, analytics_id = given.analytics_id
       FROM given
      WHERE a.merchant_id = given.merchant_id AND a.attempt_id = given.attempt_id AND a.instrument IS NULL
     RETURNING a.merchant_id, a.attempt_id, given.customer_id
   )
   INSERT INTO attempt_listing (merchant_id, attempt_id, customer_id)
   SELECT merchant_id, attempt_id, customer_id FROM completed WHERE customer_id IS NOT NULL`,
);
