import { sql } from '@tollgate/persistence';

/** Entries with their postings, in the order of writing. $1 merchant, $2 payment, $3 after, $4 rows. */
export const listJournal = sql(
  'list-journal',
  `SELECT entries.entry_id, entries.merchant_id, entries.payment_id, entries.evidence_id, entries.position_version,
          (extract(epoch FROM entries.effective_at) * 1000000)::bigint AS effective_at_us,
          (extract(epoch FROM entries.recorded_at) * 1000000)::bigint AS recorded_at_us,
          coalesce(lines.postings, '[]') AS postings
     FROM journal_entries AS entries
     LEFT JOIN LATERAL (
          SELECT jsonb_agg(jsonb_build_object(
                   'account', accounts.name, 'layer', postings.layer,
                   'amount', jsonb_build_object(
                     'amountMinor', postings.amount_minor::text, 'currency', accounts.currency))
                 ORDER BY postings.ordinal) AS postings
            FROM postings JOIN accounts USING (account_id)
           WHERE postings.entry_id = entries.entry_id
          ) AS lines ON true
    WHERE ($1::text IS NULL OR entries.merchant_id = $1)
      AND ($2::text IS NULL OR entries.payment_id = $2)
      AND ($3::bigint IS NULL OR entries.entry_id > $3)
    ORDER BY entries.entry_id
    LIMIT $4::integer`,
);
