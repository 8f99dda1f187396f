import { sql } from '@tollgate/persistence';

/**
 * Asks for payments to be read in so many milliseconds, unless they are to be read sooner. Rows that stay as they are
 * are not written. $1 merchants, $2 payments, $3 delays.
 */
export const scheduleReads = sql(
  'schedule-reads',
  `INSERT INTO read_backs (merchant_id, payment_id, next_read_at)
   SELECT due.merchant_id, due.payment_id, now() + min(due.delay_ms) * interval '1 millisecond'
     FROM unnest($1::text[], $2::text[], $3::double precision[]) AS due (merchant_id, payment_id, delay_ms)
    GROUP BY due.merchant_id, due.payment_id
    ORDER BY due.merchant_id COLLATE "C", due.payment_id COLLATE "C"
       ON CONFLICT (merchant_id, payment_id)
       DO UPDATE SET next_read_at = excluded.next_read_at
    WHERE read_backs.next_read_at IS NULL OR read_backs.next_read_at > excluded.next_read_at`,
);
