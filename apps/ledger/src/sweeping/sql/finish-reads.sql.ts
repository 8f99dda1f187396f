import { sql } from '@tollgate/persistence';

/**
 * Ends leases and sets the next read, or the sooner one that was asked for while the lease ran. Whatever was urgent and
 * failed stays urgent. Rows are locked in id order, as everywhere. $1 leases, $2 merchants, $3 payments, $4 next reads,
 * $5 whether the read failed.
 */
export const finishReads = sql(
  'finish-reads',
  `WITH finished AS MATERIALIZED (
     SELECT read_backs.merchant_id, read_backs.payment_id, done.next_read_at, done.has_failed
       FROM unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::boolean[])
            AS done (lease_id, merchant_id, payment_id, next_read_at, has_failed)
       JOIN read_backs ON read_backs.merchant_id = done.merchant_id AND read_backs.payment_id = done.payment_id
      WHERE read_backs.lease_id = done.lease_id
      ORDER BY read_backs.merchant_id, read_backs.payment_id
        FOR UPDATE OF read_backs
   )
   UPDATE read_backs
      SET next_read_at = least(read_backs.asked_for_at, finished.next_read_at),
          asked_for_at = NULL,
          is_urgent = read_backs.is_urgent AND (finished.has_failed OR read_backs.asked_for_at IS NOT NULL),
          last_read_at = CASE WHEN finished.has_failed THEN read_backs.last_read_at ELSE now() END,
          failed_tries = CASE WHEN finished.has_failed THEN read_backs.failed_tries + 1 ELSE 0 END,
          lease_id = NULL, lease_until = NULL
     FROM finished
    WHERE read_backs.merchant_id = finished.merchant_id AND read_backs.payment_id = finished.payment_id`,
);
