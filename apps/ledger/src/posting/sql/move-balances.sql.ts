import { sql } from '@tollgate/persistence';

/**
 * Adds postings to the cached balances, in account order. The last statement of a batch: the rows of busy accounts
 * stay locked until the commit. $1 merchants, $2 accounts, $3 currencies, $4 layers, $5 amounts.
 */
export const moveBalances = sql(
  'move-balances',
  `INSERT INTO account_balances (account_id, layer, balance_minor)
   SELECT accounts.account_id, posting.layer, sum(posting.amount_minor)
     FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::numeric[])
          AS posting (merchant_id, account, currency, layer, amount_minor)
     JOIN accounts ON accounts.merchant_id = posting.merchant_id AND accounts.currency = posting.currency
      AND accounts.name = posting.account
    GROUP BY accounts.account_id, posting.layer
    ORDER BY accounts.account_id, posting.layer
       ON CONFLICT (account_id, layer)
       DO UPDATE SET balance_minor = account_balances.balance_minor + excluded.balance_minor`,
);
