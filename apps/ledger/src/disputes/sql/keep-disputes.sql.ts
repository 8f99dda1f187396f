import { sql } from '@tollgate/persistence';

/** Makes rows for disputes heard of for the first time, in key order. $1 merchants, $2 processors, $3 ids. */
export const keepDisputes = sql(
  'keep-disputes',
  `INSERT INTO disputes (merchant_id, processor, dispute_id)
   SELECT DISTINCT * FROM unnest($1::text[], $2::text[], $3::text[]) AS heard (merchant_id, processor, dispute_id)
    ORDER BY 1, 2, 3
       ON CONFLICT DO NOTHING`,
);

/** Locks disputes in key order. $1 merchants, $2 processors, $3 ids. */
export const lockDisputes = sql(
  'lock-disputes',
  `SELECT merchant_id, processor, dispute_id, payment_id
     FROM disputes
    WHERE (merchant_id, processor, dispute_id) IN (SELECT * FROM unnest($1::text[], $2::text[], $3::text[]))
    ORDER BY merchant_id, processor, dispute_id
      FOR NO KEY UPDATE`,
);
