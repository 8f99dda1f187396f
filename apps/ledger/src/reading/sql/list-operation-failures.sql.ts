import { sql } from '@tollgate/persistence';

/** Operations of a payment that failed at the provider, oldest first. $1 merchant, $2 payment. */
export const listOperationFailures = sql(
  'list-operation-failures',
  `SELECT delivery_id, reported_as, requested_minor,
          (extract(epoch FROM received_at) * 1000000)::bigint AS received_at_us
     FROM operation_failures
    WHERE merchant_id = $1 AND payment_id = $2
    ORDER BY received_at, delivery_id`,
);
