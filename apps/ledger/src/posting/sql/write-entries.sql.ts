import { sql } from '@tollgate/persistence';

/**
 * Writes entries and their postings in one statement, so that the database can check that each one balances.
 * $1-$5 the entries; $6-$10 the postings: number of their entry (from 1), account, currency, layer, amount.
 */
export const writeEntries = sql(
  'write-entries',
  `WITH drafts AS MATERIALIZED (
     SELECT nextval('journal_entry_ids') AS entry_id, draft.*
       FROM unnest($1::text[], $2::text[], $3::text[], $4::integer[], $5::timestamptz[]) WITH ORDINALITY
            AS draft (merchant_id, payment_id, evidence_id, position_version, effective_at, number)
   ), entries AS (
     INSERT INTO journal_entries (entry_id, merchant_id, payment_id, evidence_id, position_version, effective_at)
     SELECT entry_id, merchant_id, payment_id, evidence_id, position_version, effective_at FROM drafts
   )
   INSERT INTO postings (entry_id, ordinal, account_id, layer, amount_minor)
   SELECT drafts.entry_id, row_number() OVER (PARTITION BY drafts.entry_id ORDER BY posting.number),
          accounts.account_id, posting.layer, posting.amount_minor
     FROM unnest($6::bigint[], $7::text[], $8::text[], $9::text[], $10::numeric[]) WITH ORDINALITY
          AS posting (entry_number, account, currency, layer, amount_minor, number)
     JOIN drafts ON drafts.number = posting.entry_number
     JOIN accounts ON accounts.merchant_id = drafts.merchant_id AND accounts.currency = posting.currency
      AND accounts.name = posting.account`,
);
