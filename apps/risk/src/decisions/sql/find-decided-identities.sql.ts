import { sql } from '@tollgate/persistence';

/** The identity of each attempt that has been decided already. */
export const findDecidedIdentities = sql(
  'find-decided-identities',
  `SELECT d.merchant_id, d.attempt_id, d.client_session_id, d.instrument, d.order_id, d.amount_minor, d.currency
   FROM unnest($1::text[], $2::uuid[]) AS w(merchant_id, attempt_id)
   JOIN decisions d ON d.attempt_id = w.attempt_id AND d.merchant_id = w.merchant_id`,
);
