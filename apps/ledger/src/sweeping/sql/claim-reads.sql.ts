import { sql } from '@tollgate/persistence';

/**
 * Leases payments that are due: they are due again when the lease ends, should its holder die. Each merchant's are found
 * by an index, so that a long backlog of one costs the others nothing; what another instance is about to take is passed
 * over, for which twice as many are looked at. $1 lease, $2 its length in milliseconds, $3 most rows, $4 merchants, $5 most
 * rows of each.
 */
export const claimReads = sql(
  'claim-reads',
  `WITH candidates AS MATERIALIZED (
     SELECT found.merchant_id, found.payment_id, merchants.room
       FROM unnest($4::text[], $5::integer[]) AS merchants (merchant_id, room)
      CROSS JOIN LATERAL (
            (SELECT urgent.merchant_id, urgent.payment_id, urgent.is_urgent, urgent.next_read_at
               FROM read_backs AS urgent
              WHERE urgent.merchant_id = merchants.merchant_id AND urgent.is_urgent AND urgent.next_read_at <= now()
              ORDER BY urgent.next_read_at
              LIMIT 2 * merchants.room)
            UNION ALL
            (SELECT regular.merchant_id, regular.payment_id, regular.is_urgent, regular.next_read_at
               FROM read_backs AS regular
              WHERE regular.merchant_id = merchants.merchant_id AND NOT regular.is_urgent
                AND regular.next_read_at <= now()
              ORDER BY regular.next_read_at
              LIMIT 2 * merchants.room)
            ) AS found
      ORDER BY found.is_urgent DESC, found.next_read_at
      LIMIT 2 * $3::integer
   ),
   locked AS MATERIALIZED (
     SELECT read_backs.merchant_id, read_backs.payment_id, read_backs.is_urgent, read_backs.next_read_at, candidates.room
       FROM candidates
       JOIN read_backs USING (merchant_id, payment_id)
      WHERE read_backs.next_read_at <= now()
        FOR UPDATE OF read_backs SKIP LOCKED
   ),
   placed AS (
     SELECT *, row_number() OVER (PARTITION BY merchant_id ORDER BY is_urgent DESC, next_read_at) AS place
       FROM locked
   ),
   due AS MATERIALIZED (
     SELECT merchant_id, payment_id
       FROM placed
      WHERE place <= room
      ORDER BY is_urgent DESC, next_read_at
      LIMIT $3::integer
   )
   UPDATE read_backs
      SET lease_id = $1::uuid,
          lease_until = now() + $2::double precision * interval '1 millisecond',
          next_read_at = now() + $2::double precision * interval '1 millisecond',
          asked_for_at = CASE WHEN read_backs.asked_for_at > now() THEN read_backs.asked_for_at END
     FROM due
    WHERE read_backs.merchant_id = due.merchant_id AND read_backs.payment_id = due.payment_id
   RETURNING read_backs.merchant_id, read_backs.payment_id, read_backs.first_heard_at, read_backs.failed_tries`,
);
