import { sql } from '@tollgate/persistence';

/**
 * Leases one merchant's list that is due. $1 lease, $2 its length, $3 overlap with the look before, $4 how far the
 * first look goes back (all in milliseconds), $5 merchants.
 */
export const claimList = sql(
  'claim-list',
  `WITH due AS MATERIALIZED (
     SELECT merchant_id
       FROM payment_lists
      WHERE next_list_at <= now() AND merchant_id = ANY($5::text[])
      ORDER BY next_list_at
      LIMIT 1
        FOR UPDATE SKIP LOCKED
   )
   UPDATE payment_lists
      SET lease_id = $1::uuid, next_list_at = now() + $2::double precision * interval '1 millisecond'
     FROM due
    WHERE payment_lists.merchant_id = due.merchant_id
   RETURNING payment_lists.merchant_id, now() AS claimed_at,
             coalesce(listed_through - $3::double precision * interval '1 millisecond',
                      now() - $4::double precision * interval '1 millisecond') AS from_date`,
);
