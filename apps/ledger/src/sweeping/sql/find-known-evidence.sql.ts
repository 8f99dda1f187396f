import { sql } from '@tollgate/persistence';

/** Which of these were said before. $1 merchants, $2 payments, $3 dedup keys. */
export const findKnownEvidence = sql(
  'find-known-evidence',
  `SELECT dedup_key
     FROM evidence
    WHERE (merchant_id, payment_id, dedup_key) IN (SELECT * FROM unnest($1::text[], $2::text[], $3::text[]))`,
);
