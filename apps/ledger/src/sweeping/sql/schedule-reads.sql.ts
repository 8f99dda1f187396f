import { sql } from '@tollgate/persistence';

/**
 * Asks for payments to be read in so many milliseconds, unless they are to be read sooner. One that is being read just now
 * may have been answered before the news came: what is asked for then is kept apart, and holds when that read has ended.
 * Rows that stay as they are are not written. $1 merchants, $2 payments, $3 delays, $4 whether before all that is not
 * urgent.
 */
export const scheduleReads = sql(
  'schedule-reads',
  `INSERT INTO read_backs (merchant_id, payment_id, next_read_at, is_urgent)
   SELECT due.merchant_id, due.payment_id, now() + min(due.delay_ms) * interval '1 millisecond', bool_or(due.is_urgent)
     FROM unnest($1::text[], $2::text[], $3::double precision[], $4::boolean[])
          AS due (merchant_id, payment_id, delay_ms, is_urgent)
    GROUP BY due.merchant_id, due.payment_id
    ORDER BY due.merchant_id COLLATE "C", due.payment_id COLLATE "C"
       ON CONFLICT (merchant_id, payment_id)
       DO UPDATE SET next_read_at = least(read_backs.next_read_at, excluded.next_read_at),
                     is_urgent = read_backs.is_urgent OR excluded.is_urgent,
                     asked_for_at = CASE WHEN read_backs.lease_id IS NOT NULL
                                         THEN least(read_backs.asked_for_at, excluded.next_read_at) END
    WHERE read_backs.next_read_at IS NULL
       OR read_backs.next_read_at > excluded.next_read_at
       OR (excluded.is_urgent AND NOT read_backs.is_urgent)
       OR (read_backs.lease_id IS NOT NULL
           AND coalesce(read_backs.asked_for_at > excluded.next_read_at, true))`,
);
