import { sql } from '@tollgate/persistence';

const COLUMNS = `
          evidence.merchant_id, evidence.processor, evidence.dispute_id, evidence.evidence_id, evidence.report,
          (extract(epoch FROM evidence.received_at) * 1000000)::bigint AS received_at_us`;

/** All reports of the disputes. $1 merchants, $2 processors, $3 ids. */
export const findDisputeEvidence = sql(
  'find-dispute-evidence',
  `SELECT ${COLUMNS}
     FROM dispute_evidence AS evidence
    WHERE (merchant_id, processor, dispute_id) IN (SELECT * FROM unnest($1::text[], $2::text[], $3::text[]))`,
);

/**
 * All reports of the disputes that are about the payments, also those reports that name no payment. $1 merchants, $2
 * payments.
 */
export const findPaymentDisputes = sql(
  'find-payment-disputes',
  `SELECT disputes.payment_id, ${COLUMNS}
     FROM disputes
     JOIN dispute_evidence AS evidence USING (merchant_id, processor, dispute_id)
    WHERE (disputes.merchant_id, disputes.payment_id) IN (SELECT * FROM unnest($1::text[], $2::text[]))`,
);
