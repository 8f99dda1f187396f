import { sql } from '@tollgate/persistence';

/** Keeps what has not been said before and returns what it kept. One array for each column. */
export const keepDisputeEvidence = sql(
  'keep-dispute-evidence',
  `INSERT INTO dispute_evidence
          (merchant_id, processor, dispute_id, dedup_key, evidence_id, reported_as, received_at, report)
   SELECT * FROM unnest(
          $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::jsonb[])
    ORDER BY 1, 2, 3, 4
       ON CONFLICT DO NOTHING
   RETURNING merchant_id, processor, dispute_id, evidence_id`,
);
