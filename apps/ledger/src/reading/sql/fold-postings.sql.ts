import { sql } from '@tollgate/persistence';

/** All postings summed by account and layer, beside the cached balances, in one snapshot. $1 merchant. */
export const foldPostings = sql(
  'fold-postings',
  `SELECT accounts.merchant_id, accounts.name, accounts.currency, layer,
          coalesce(folded.balance_minor, 0) AS balance_minor,
          coalesce(folded.debits_minor, 0) AS debits_minor,
          coalesce(folded.credits_minor, 0) AS credits_minor,
          coalesce(account_balances.balance_minor, 0) AS cached_minor
     FROM (SELECT account_id, layer, sum(amount_minor) AS balance_minor,
                  sum(amount_minor) FILTER (WHERE amount_minor > 0) AS debits_minor,
                  sum(amount_minor) FILTER (WHERE amount_minor < 0) AS credits_minor
             FROM postings
            GROUP BY account_id, layer) AS folded
     FULL JOIN account_balances USING (account_id, layer)
     JOIN accounts USING (account_id)
    WHERE $1::text IS NULL OR accounts.merchant_id = $1
    ORDER BY accounts.currency, layer, accounts.name, accounts.merchant_id`,
);

/** The same of what was effective and recorded by given moments. $1 merchant, $2 effective by, $3 recorded by. */
export const foldPostingsBy = sql(
  'fold-postings-by',
  `SELECT accounts.merchant_id, accounts.name, accounts.currency, postings.layer,
          sum(amount_minor) AS balance_minor,
          coalesce(sum(amount_minor) FILTER (WHERE amount_minor > 0), 0) AS debits_minor,
          coalesce(sum(amount_minor) FILTER (WHERE amount_minor < 0), 0) AS credits_minor,
          NULL::numeric AS cached_minor
     FROM postings
     JOIN journal_entries USING (entry_id)
     JOIN accounts USING (account_id)
    WHERE ($1::text IS NULL OR accounts.merchant_id = $1)
      AND ($2::timestamptz IS NULL OR journal_entries.effective_at <= $2)
      AND ($3::timestamptz IS NULL OR journal_entries.recorded_at <= $3)
    GROUP BY accounts.merchant_id, accounts.name, accounts.currency, postings.layer
    ORDER BY accounts.currency, postings.layer, accounts.name, accounts.merchant_id`,
);
