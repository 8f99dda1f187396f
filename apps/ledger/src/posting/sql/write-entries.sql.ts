import { sql } from '@tollgate/persistence';

/**
 * Writes entries and their postings in one statement, so that the database can check that each one balances.
 * $1-$5 the entries; $6-$11 the postings: number of their entry (from 1), merchant, account, currency, layer, amount.
 */
export const writeEntries = sql(
  'write-entries',
  `WITH drafts AS MATERIALIZED (
     SELECT nextval('journal_entry_ids') AS entry_id, draft.*
       FROM unnest($1::text[], $2::text[], $3::text[], $4::integer[], $5::timestamptz[]) WITH ORDINALITY
            AS draft (merchant_id, payment_id, evidence_id, position_version, effective_at, number)
   ), numbered AS MATERIALIZED (
     SELECT array_agg(entry_id ORDER BY number) AS entry_ids FROM drafts
   ), entries AS (
     INSERT INTO journal_entries (entry_id, merchant_id, payment_id, evidence_id, position_version, effective_at)
     SELECT entry_id, merchant_id, payment_id, evidence_id, position_version, effective_at FROM drafts
   )
   INSERT INTO postings (entry_id, ordinal, account_id, layer, amount_minor)
   SELECT numbered.entry_ids[posting.entry_number],
          row_number() OVER (PARTITION BY posting.entry_number ORDER BY posting.number),
          accounts.account_id, posting.layer, posting.amount_minor
     FROM unnest($6::integer[], $7::text[], $8::text[], $9::text[], $10::text[], $11::numeric[]) WITH ORDINALITY
          AS posting (entry_number, merchant_id, account, currency, layer, amount_minor, number)
    CROSS JOIN numbered
     JOIN accounts ON accounts.merchant_id = posting.merchant_id AND accounts.currency = posting.currency
      AND accounts.name = posting.account`,
);
