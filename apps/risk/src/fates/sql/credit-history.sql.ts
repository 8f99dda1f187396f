import { sql } from '@tollgate/persistence';

const FATES = `
   SELECT o.merchant_id, o.attempt_id, o.outcome, o.counted,
          d.features->>'card.fingerprint' AS card, d.features->>'customer.id' AS customer,
          d.amount_minor::text AS claimed_amount, d.currency AS claimed_currency,
          d.features->>'card.bin' AS claimed_bin, d.features->>'card.last4' AS claimed_last4,
          d.features->>'card.network' AS claimed_network, d.features->>'card.issuerCountry' AS claimed_country,
          f.declined, f.refunded, f.disputed, f.amount_minor::text AS amount_minor, f.currency, f.bin, f.last4,
          f.network, f.issuer_country
   FROM attempt_outcomes o
   JOIN decisions d ON d.attempt_id = o.attempt_id AND d.merchant_id = o.merchant_id
   LEFT JOIN payment_fates f ON f.payment_id = o.payment_id AND f.merchant_id = o.merchant_id`;

export const findFatesOfAttempts = sql(
  'find-fates-of-attempts',
  `${FATES}
   JOIN (SELECT DISTINCT * FROM unnest($1::uuid[], $2::text[])) AS w(attempt_id, merchant_id)
     ON o.attempt_id = w.attempt_id AND o.merchant_id = w.merchant_id`,
);

export const findFatesOfPayments = sql(
  'find-fates-of-payments',
  `${FATES}
   JOIN (SELECT DISTINCT * FROM unnest($1::text[], $2::text[])) AS w(payment_id, merchant_id)
     ON o.payment_id = w.payment_id AND o.merchant_id = w.merchant_id`,
);

/** Merchants of outcomes that came before the decision of their attempt, which has come since. */
export const findPendingOutcomes = sql(
  'find-pending-outcomes',
  `SELECT o.attempt_id, o.merchant_id
   FROM attempt_outcomes o
   JOIN decisions d ON d.attempt_id = o.attempt_id AND d.merchant_id = o.merchant_id
   WHERE o.pending ORDER BY o.concluded_at LIMIT $1`,
);

/** Takes the rows in the order in which batches of attempts write them, so that the two cannot wait for each other. */
export const lockSubjects = sql(
  'lock-subjects',
  'SELECT 1 FROM subjects WHERE key = ANY($1::uuid[]) ORDER BY key FOR NO KEY UPDATE',
);

/** Texts of `mismatched` are words, parted by spaces. */
export const addHistory = sql(
  'add-subject-history',
  `UPDATE subjects s SET
     approved = s.approved + w.approved,
     aborted = s.aborted + w.aborted,
     declined = s.declined + w.declined,
     refunded = s.refunded + w.refunded,
     disputed = s.disputed + w.disputed,
     mismatched = ARRAY(SELECT DISTINCT unnest(s.mismatched || string_to_array(w.mismatched, ' ')) ORDER BY 1)
   FROM unnest($1::uuid[], $2::integer[], $3::integer[], $4::integer[], $5::integer[], $6::integer[], $7::text[])
     AS w(key, approved, aborted, declined, refunded, disputed, mismatched)
   WHERE s.key = w.key`,
);

export const markCounted = sql(
  'mark-counted-fates',
  `UPDATE attempt_outcomes o SET counted = string_to_array(w.counted, ' '), pending = false
   FROM unnest($1::uuid[], $2::text[], $3::text[]) AS w(attempt_id, merchant_id, counted)
   WHERE o.attempt_id = w.attempt_id AND o.merchant_id = w.merchant_id`,
);
