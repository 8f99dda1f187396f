import { sql } from '@tollgate/persistence';

/** All evidence of the payments. $1 merchants, $2 payments. */
export const findEvidence = sql(
  'find-evidence',
  `SELECT merchant_id, payment_id, evidence_id, origin, reported_as, dedup_key, snapshot,
          (extract(epoch FROM received_at) * 1000000)::bigint AS received_at_us
     FROM evidence
    WHERE (merchant_id, payment_id) IN (SELECT * FROM unnest($1::text[], $2::text[]))`,
);
