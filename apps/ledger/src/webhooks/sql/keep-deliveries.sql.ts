import { sql } from '@tollgate/persistence';

/** Stores webhooks and reads as they came in. One array for each column. */
export const keepDeliveries = sql(
  'keep-deliveries',
  `INSERT INTO deliveries
          (delivery_id, merchant_id, origin, verdict, reason, reported_as, payment_id, signed_at, received_at, body)
   SELECT * FROM unnest(
          $1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
          $8::timestamptz[], $9::timestamptz[], $10::bytea[])`,
);
