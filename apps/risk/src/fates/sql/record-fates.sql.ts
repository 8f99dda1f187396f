import { sql } from '@tollgate/persistence';

/**
 * Lets outcomes and payments' news of a merchant be recorded one batch after the other: each sees what the one before
 * has recorded, so that of the two halves of a fate the later one finds the earlier.
 */
export const lockFates = sql(
  'lock-fates',
  `SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || ' fates ' || w.merchant_id, 0))
   FROM (SELECT merchant_id FROM unnest($1::text[]) WITH ORDINALITY AS u(merchant_id, position) ORDER BY position) AS w`,
);

/** An attempt has one outcome: a second announcement says the same. */
export const insertOutcomes = sql(
  'insert-attempt-outcomes',
  `INSERT INTO attempt_outcomes (attempt_id, merchant_id, outcome, payment_id, concluded_at)
   SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[])
   ON CONFLICT (attempt_id, merchant_id) DO NOTHING`,
);

/** Merges news of payments. What was said once stays; of two values that differ the choice does not depend on their order. */
export const mergePaymentFates = sql(
  'merge-payment-fates',
  `INSERT INTO payment_fates AS f (payment_id, merchant_id, authorised, declined, refunded, disputed, dispute_lost,
     amount_minor, currency, bin, last4, network, issuer_country)
   SELECT w.payment_id, w.merchant_id, bool_or(w.authorised), bool_or(w.declined), bool_or(w.refunded),
          bool_or(w.disputed), bool_or(w.dispute_lost), max(w.amount_minor), min(w.currency), min(w.bin), min(w.last4),
          min(w.network), min(w.issuer_country)
   FROM unnest($1::text[], $2::text[], $3::boolean[], $4::boolean[], $5::boolean[], $6::boolean[], $7::boolean[],
               $8::numeric[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[])
     AS w(payment_id, merchant_id, authorised, declined, refunded, disputed, dispute_lost, amount_minor, currency, bin,
          last4, network, issuer_country)
   GROUP BY w.payment_id, w.merchant_id
   ORDER BY w.payment_id, w.merchant_id
   ON CONFLICT (payment_id, merchant_id) DO UPDATE SET
     authorised = f.authorised OR EXCLUDED.authorised,
     declined = f.declined OR EXCLUDED.declined,
     refunded = f.refunded OR EXCLUDED.refunded,
     disputed = f.disputed OR EXCLUDED.disputed,
     dispute_lost = f.dispute_lost OR EXCLUDED.dispute_lost,
     amount_minor = greatest(f.amount_minor, EXCLUDED.amount_minor),
     currency = least(f.currency, EXCLUDED.currency),
     bin = least(f.bin, EXCLUDED.bin),
     last4 = least(f.last4, EXCLUDED.last4),
     network = least(f.network, EXCLUDED.network),
     issuer_country = least(f.issuer_country, EXCLUDED.issuer_country)`,
);
