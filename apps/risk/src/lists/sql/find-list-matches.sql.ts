import { sql } from '@tollgate/persistence';

/** Active entries that name one of the candidates, each with the candidate's place in the parameters (from 0). */
export const findListMatches = sql(
  'find-list-matches',
  `SELECT (w.position - 1)::integer AS position, e.list, e.kind
   FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS w(merchant_id, kind, value, position)
   JOIN list_entries e ON e.kind = w.kind AND e.value = w.value AND e.removed_at IS NULL
     AND (e.expires_at IS NULL OR e.expires_at > now())
     AND (e.merchant_id IS NULL OR e.merchant_id = w.merchant_id)`,
);
