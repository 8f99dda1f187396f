import { sql } from '@tollgate/persistence';

/** Opens accounts on their first posting, in name order. $1 merchants, $2 currencies, $3 names. */
export const openAccounts = sql(
  'open-accounts',
  `INSERT INTO accounts (merchant_id, currency, name)
   SELECT DISTINCT needed.merchant_id, needed.currency, needed.name
     FROM unnest($1::text[], $2::text[], $3::text[]) AS needed (merchant_id, currency, name)
    WHERE NOT EXISTS (
          SELECT FROM accounts
           WHERE accounts.merchant_id = needed.merchant_id AND accounts.currency = needed.currency
             AND accounts.name = needed.name)
    ORDER BY 1, 2, 3
       ON CONFLICT DO NOTHING`,
);
