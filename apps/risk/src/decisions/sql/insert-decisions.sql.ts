import { sql } from '@tollgate/persistence';

/**
 * Records the decisions of a batch, at one instant. A row that is there already is not returned: somebody else decided
 * that attempt meanwhile. Milliseconds, since that is what events and answers carry.
 */
export const insertDecisions = sql(
  'insert-decisions',
  `INSERT INTO decisions (
     merchant_id, attempt_id, client_session_id, instrument, order_id, amount_minor, currency,
     decision, reason, rule_set, rule_set_version, rule_set_digest, hits, features,
     received_at, decide_by, approve_by, expires_at, announced_by_source, announced_by_id, decided_at)
   SELECT w.*, date_trunc('milliseconds', statement_timestamp())
   FROM unnest(
     $1::text[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::numeric[], $7::text[],
     $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::jsonb[], $14::jsonb[],
     $15::timestamptz[], $16::timestamptz[], $17::timestamptz[], $18::timestamptz[], $19::text[], $20::text[]) AS w
   ON CONFLICT (attempt_id, merchant_id) DO NOTHING
   RETURNING decided_at`,
);

/** What sets in the shadow say about the attempts of a batch. */
export const insertShadowDecisions = sql(
  'insert-shadow-decisions',
  `INSERT INTO shadow_decisions (
     rule_set_id, merchant_id, attempt_id, decision, reason, score, hits, decided_at)
   SELECT w.*, date_trunc('milliseconds', statement_timestamp())
   FROM unnest($1::bigint[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::integer[], $7::jsonb[]) AS w
   ON CONFLICT DO NOTHING`,
);
