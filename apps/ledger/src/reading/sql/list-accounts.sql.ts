import { sql } from '@tollgate/persistence';

/** Accounts with their cached balances. $1 merchant, $2 currency, $3 after, $4 rows. */
export const listAccounts = sql(
  'list-accounts',
  `SELECT accounts.account_id, accounts.merchant_id, accounts.name, accounts.currency,
          coalesce(sum(balance_minor) FILTER (WHERE layer = 'pending'), 0) AS pending_minor,
          coalesce(sum(balance_minor) FILTER (WHERE layer = 'posted'), 0) AS posted_minor
     FROM accounts
     LEFT JOIN account_balances USING (account_id)
    WHERE ($1::text IS NULL OR accounts.merchant_id = $1)
      AND ($2::text IS NULL OR accounts.currency = $2)
      AND ($3::bigint IS NULL OR accounts.account_id > $3)
    GROUP BY accounts.account_id
    ORDER BY accounts.account_id
    LIMIT $4::integer`,
);
