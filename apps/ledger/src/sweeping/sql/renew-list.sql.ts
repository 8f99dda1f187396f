import { sql } from '@tollgate/persistence';

/** Keeps a list's lease for another while. $1 merchant, $2 lease, $3 milliseconds. */
export const renewList = sql(
  'renew-list',
  `UPDATE payment_lists
      SET next_list_at = now() + $3::double precision * interval '1 millisecond'
    WHERE merchant_id = $1 AND lease_id = $2::uuid`,
);
