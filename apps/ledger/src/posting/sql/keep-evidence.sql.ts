import { sql } from '@tollgate/persistence';

/** Keeps what has not been said before and returns what it kept. One array for each column. */
export const keepEvidence = sql(
  'keep-evidence',
  `INSERT INTO evidence
          (merchant_id, payment_id, dedup_key, evidence_id, origin, reported_as, effective_at, received_at, snapshot)
   SELECT * FROM unnest(
          $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
          $7::timestamptz[], $8::timestamptz[], $9::jsonb[])
    ORDER BY 1, 2, 3
       ON CONFLICT DO NOTHING
   RETURNING merchant_id, payment_id, evidence_id`,
);
