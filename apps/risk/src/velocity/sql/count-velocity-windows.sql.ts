import { sql } from '@tollgate/persistence';

/**
 * Reads what earlier batches have counted. A statement of its own after the lock: only a new snapshot sees what the
 * lock's last holder has committed. Seconds that lie inside the window of every attempt are summed, at most one row
 * for each second of the window; at its edges the single instants are given.
 */
export const countVelocityWindows = sql(
  'count-velocity-windows',
  `SELECT inside.attempts AS inside, edge.instants_ms AS edges_ms
   FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[])
     WITH ORDINALITY
     AS w(merchant_id, kind, subject, from_second, past_edge_second, future_edge_second, to_second, position)
   CROSS JOIN LATERAL (
     SELECT coalesce(sum(b.attempts), 0)::integer AS attempts
     FROM velocity_buckets b
     WHERE b.merchant_id = w.merchant_id AND b.kind = w.kind AND b.subject = w.subject
       AND b.second > w.past_edge_second AND b.second < w.future_edge_second
   ) AS inside
   CROSS JOIN LATERAL (
     SELECT coalesce(array_agg(b.second * 1000 + o.offset_ms), '{}')::bigint[] AS instants_ms
     FROM velocity_buckets b, unnest(b.offsets_ms) AS o(offset_ms)
     WHERE b.merchant_id = w.merchant_id AND b.kind = w.kind AND b.subject = w.subject
       AND b.second BETWEEN w.from_second AND w.to_second
       AND (b.second <= w.past_edge_second OR b.second >= w.future_edge_second)
   ) AS edge
   ORDER BY w.position`,
);
