import { sql } from '@tollgate/persistence';

/** $1: merchant, $2: order, $3: amount in minor units, $4: currency, $5: Primer's id of the session or null. */
export const insertClientSession = sql(
  'gateway-insert-client-session',
  `INSERT INTO client_session (merchant_id, order_id, amount_minor, currency, client_session_id)
   VALUES ($1, $2, $3::numeric, $4, $5)`,
);

/**
 * SQL that is true of an attempt that contradicts the sessions that were made here: its own session, where Primer told
 * which that is, or else every session of its order. An attempt of which no session is known contradicts nothing.
 * @param attempt the name under which the statement knows a row of `attempt_action`
 */
export function toSessionMismatch(attempt: string): string {
  const differs = `(session.order_id, session.amount_minor, session.currency)
        IS DISTINCT FROM (${attempt}.order_id, ${attempt}.amount_minor, ${attempt}.currency)`;
  return `(
    SELECT bool_and(${differs}) FROM client_session AS session
    WHERE session.merchant_id = ${attempt}.merchant_id
      AND (session.order_id = ${attempt}.order_id OR session.client_session_id = ${attempt}.client_session_id)
  ) IS TRUE OR EXISTS (
    SELECT FROM client_session AS session
    WHERE session.merchant_id = ${attempt}.merchant_id AND session.client_session_id = ${attempt}.client_session_id
      AND ${differs}
  )`;
}

/** Attempts that contradict their sessions. $1: merchants, $2: attempts (pairwise). */
export const findSessionMismatches = sql(
  'gateway-find-session-mismatches',
  `SELECT action.merchant_id, action.attempt_id
   FROM unnest($1::text[], $2::uuid[]) AS one (merchant_id, attempt_id)
   JOIN attempt_action AS action USING (merchant_id, attempt_id)
   WHERE ${toSessionMismatch('action')}`,
);
