import { sql } from '@tollgate/persistence';

/** Ends a list's lease. $1 merchant, $2 lease, $3 until when all is known (or NULL), $4 pause in milliseconds. */
export const finishList = sql(
  'finish-list',
  `UPDATE payment_lists
      SET listed_through = coalesce($3::timestamptz, listed_through),
          next_list_at = now() + $4::double precision * interval '1 millisecond',
          lease_id = NULL
    WHERE merchant_id = $1 AND lease_id = $2::uuid`,
);
