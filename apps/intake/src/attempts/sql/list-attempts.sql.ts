import { sql } from '@tollgate/persistence';
import { ATTEMPT_COLUMNS } from './select-attempts.sql.ts';

/** $1 merchant id or null, $2 the line to go on below or null, $3 most rows, $4 what is looked for. Newest first. */
function listing(name: string, condition: string) {
  return sql(
    name,
    `SELECT ${ATTEMPT_COLUMNS}, l.line::text, l.customer_id
       FROM attempt_listing l
       JOIN attempts a USING (merchant_id, attempt_id)
      WHERE ${condition}
        AND ($1::text IS NULL OR l.merchant_id = $1)
        AND l.line < coalesce($2::bigint, 9223372036854775807)
      ORDER BY l.line DESC
      LIMIT $3`,
  );
}

/** Attempts of one order. */
export const listAttemptsOfOrder = listing('intake-list-attempts-of-order', 'l.order_id = $4');

/** Attempts of one customer. */
export const listAttemptsOfCustomer = listing('intake-list-attempts-of-customer', 'l.customer_id = $4');

/** Attempts of whichever order and customer; $4 is null. */
export const listNewestAttempts = listing('intake-list-newest-attempts', 'l.order_id IS NOT NULL AND $4::text IS NULL');
