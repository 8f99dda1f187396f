import { sql } from '@tollgate/persistence';

/**
 * For each window, by currency: the blocks that lie inside the window of every attempt of the batch are summed; of those
 * at its edges the single entries are given. Every bound is exclusive.
 */
export const sumBlocks = sql(
  'sum-velocity-blocks',
  `SELECT (w.position - 1)::integer AS position, b.currency,
          coalesce(sum(b.attempts) FILTER (WHERE i.inside), 0)::integer AS attempts,
          coalesce(sum(b.amount_minor) FILTER (WHERE i.inside), 0)::text AS amount_minor,
          coalesce(string_agg(b.entries, '') FILTER (WHERE NOT i.inside), '') AS edges
   FROM unnest($1::uuid[], $2::float8[], $3::float8[], $4::float8[], $5::float8[])
     WITH ORDINALITY AS w(key, from_ms, to_ms, inside_from_ms, inside_to_ms, position)
   JOIN velocity_blocks b ON b.key = w.key AND b.last_ms > w.from_ms AND b.first_ms < w.to_ms
   CROSS JOIN LATERAL (SELECT b.first_ms > w.inside_from_ms AND b.last_ms < w.inside_to_ms AS inside) AS i
   GROUP BY w.position, b.currency`,
);
