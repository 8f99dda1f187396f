import { sql } from '@tollgate/persistence';

/** What was said about a payment, in the provider's time. $1 merchant, $2 payment. */
export const listEvidence = sql(
  'list-evidence',
  `SELECT evidence_id, origin, reported_as, snapshot,
          (extract(epoch FROM effective_at) * 1000000)::bigint AS effective_at_us,
          (extract(epoch FROM received_at) * 1000000)::bigint AS received_at_us
     FROM evidence
    WHERE merchant_id = $1 AND payment_id = $2
    ORDER BY effective_at, received_at, dedup_key`,
);
