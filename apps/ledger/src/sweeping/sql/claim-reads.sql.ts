import { sql } from '@tollgate/persistence';

/**
 * Leases payments that are due: they are due again when the lease ends, should its holder die. $1 lease, $2 its length
 * in milliseconds, $3 most rows, $4 merchants that are paused.
 */
export const claimReads = sql(
  'claim-reads',
  `WITH due AS MATERIALIZED (
     SELECT merchant_id, payment_id
       FROM read_backs
      WHERE next_read_at <= now() AND merchant_id <> ALL($4::text[])
      ORDER BY next_read_at
      LIMIT $3::integer
        FOR UPDATE SKIP LOCKED
   )
   UPDATE read_backs
      SET lease_id = $1::uuid,
          lease_until = now() + $2::double precision * interval '1 millisecond',
          next_read_at = now() + $2::double precision * interval '1 millisecond'
     FROM due
    WHERE read_backs.merchant_id = due.merchant_id AND read_backs.payment_id = due.payment_id
   RETURNING read_backs.merchant_id, read_backs.payment_id, read_backs.first_heard_at, read_backs.failed_tries`,
);
