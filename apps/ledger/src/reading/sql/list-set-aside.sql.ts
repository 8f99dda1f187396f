import { sql } from '@tollgate/persistence';

/** Webhooks that were signed and set aside, newest first. $1 merchant, $2 verdict, $3 after, $4 rows. */
export const listSetAside = sql(
  'list-set-aside',
  `SELECT delivery_id, merchant_id, verdict, reason, reported_as, payment_id, signed_at, received_at,
          length(body) AS body_bytes
     FROM deliveries
    WHERE verdict IN ('NOT_UNDERSTOOD', 'STALE')
      AND ($1::text IS NULL OR merchant_id = $1)
      AND ($2::text IS NULL OR verdict = $2)
      AND ($3::uuid IS NULL OR delivery_id < $3)
    ORDER BY delivery_id DESC
    LIMIT $4::integer`,
);
