import { sql } from '@tollgate/persistence';

/**
 * Ends leases and sets the next read, or the sooner one that was asked for while the lease ran (`next_read_at` is no
 * longer the lease's end). $1 lease, $2 merchants, $3 payments, $4 next reads, $5 whether the read failed.
 */
export const finishReads = sql(
  'finish-reads',
  `UPDATE read_backs
      SET next_read_at = CASE WHEN read_backs.next_read_at = read_backs.lease_until THEN finished.next_read_at
                              ELSE least(read_backs.next_read_at, finished.next_read_at) END,
          last_read_at = CASE WHEN finished.has_failed THEN read_backs.last_read_at ELSE now() END,
          failed_tries = CASE WHEN finished.has_failed THEN read_backs.failed_tries + 1 ELSE 0 END,
          lease_id = NULL, lease_until = NULL
     FROM unnest($2::text[], $3::text[], $4::timestamptz[], $5::boolean[])
          AS finished (merchant_id, payment_id, next_read_at, has_failed)
    WHERE read_backs.merchant_id = finished.merchant_id AND read_backs.payment_id = finished.payment_id
      AND read_backs.lease_id = $1::uuid`,
);
