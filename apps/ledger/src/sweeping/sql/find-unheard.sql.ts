import { sql } from '@tollgate/persistence';

/**
 * Of listed payments, those that nobody told us about, or not in their newest state. Without a date the status decides,
 * and without both whether the payment is known.
 * $1 merchants, $2 payments, $3 statuses, $4 `dateUpdated`.
 */
export const findUnheard = sql(
  'find-unheard',
  `SELECT listed.merchant_id, listed.payment_id
     FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[])
          AS listed (merchant_id, payment_id, status, updated_at)
     LEFT JOIN payments ON payments.merchant_id = listed.merchant_id AND payments.payment_id = listed.payment_id
    WHERE payments.status IS NULL
       OR payments.effective_at < listed.updated_at
       OR (listed.updated_at IS NULL AND payments.status <> listed.status)`,
);
