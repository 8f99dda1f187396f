import { sql } from '@tollgate/persistence';

/**
 * What the journal holds about the payments: one row for each entry and posting, without the posting's fields for an
 * entry that has none. $1 merchants, $2 payments.
 */
export const findRecorded = sql(
  'find-recorded',
  `SELECT entries.merchant_id, entries.payment_id, accounts.name AS account, accounts.currency, postings.layer,
          postings.amount_minor, (extract(epoch FROM entries.effective_at) * 1000000)::bigint AS effective_at_us
     FROM journal_entries AS entries
     LEFT JOIN postings USING (entry_id)
     LEFT JOIN accounts USING (account_id)
    WHERE (entries.merchant_id, entries.payment_id) IN (SELECT * FROM unnest($1::text[], $2::text[]))`,
);
