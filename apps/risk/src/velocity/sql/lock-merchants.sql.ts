import { sql } from '@tollgate/persistence';

/**
 * Lets the batches of a merchant run one after the other from here on, which keeps velocities exact. The caller gives
 * one sorted order, so that two batches cannot wait for each other in a circle. One lock for a merchant, not one for
 * each card: nearly every batch meets the same BINs, and a batch of up to 500 attempts holds it for milliseconds.
 */
export const lockMerchants = sql(
  'lock-velocity-merchants',
  `SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || ' velocity ' || w.merchant_id, 0))
   FROM (SELECT merchant_id FROM unnest($1::text[]) WITH ORDINALITY AS u(merchant_id, position) ORDER BY position) AS w`,
);
