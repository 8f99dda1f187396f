import { sql } from '@tollgate/persistence';

/** Keeps failures that have not been told before and returns by which deliveries. One array for each column. */
export const keepOperationFailures = sql(
  'keep-operation-failures',
  `INSERT INTO operation_failures
          (merchant_id, payment_id, dedup_key, delivery_id, reported_as, requested_minor, received_at)
   SELECT * FROM unnest(
          $1::text[], $2::text[], $3::text[], $4::uuid[], $5::text[], $6::numeric[], $7::timestamptz[])
    ORDER BY 1, 2, 3, 4
       ON CONFLICT DO NOTHING
   RETURNING delivery_id`,
);
