import { sql } from '@tollgate/persistence';

/** Makes rows for merchants that have none. $1 merchants. */
export const keepLists = sql(
  'keep-lists',
  `INSERT INTO payment_lists (merchant_id)
   SELECT merchant_id FROM unnest($1::text[]) AS merchants (merchant_id)
    WHERE NOT EXISTS (SELECT FROM payment_lists WHERE payment_lists.merchant_id = merchants.merchant_id)
       ON CONFLICT DO NOTHING`,
);
