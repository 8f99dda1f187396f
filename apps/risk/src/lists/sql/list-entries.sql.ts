import { sql } from '@tollgate/persistence';

const COLUMNS = 'id, merchant_id, list, kind, value, note, expires_at, created_at, created_by, removed_at, removed_by';

/** Newest first, from below the id `$1`; one row more than a page tells whether there is another. */
export const selectListEntries = sql(
  'select-list-entries',
  `SELECT ${COLUMNS} FROM list_entries
   WHERE ($1::bigint IS NULL OR id < $1) AND ($2::text IS NULL OR list = $2) AND ($3::text IS NULL OR kind = $3)
     AND ($4 OR (removed_at IS NULL AND (expires_at IS NULL OR expires_at > now())))
   ORDER BY id DESC LIMIT $5`,
);

/** Ends the entry that is over already, so that the same one can be added anew. */
export const endExpiredListEntry = sql(
  'end-expired-list-entry',
  `UPDATE list_entries SET removed_at = expires_at, removed_by = 'expiry'
   WHERE merchant_id IS NOT DISTINCT FROM $1 AND list = $2 AND kind = $3 AND value = $4 AND removed_at IS NULL
     AND expires_at <= now()`,
);

/** Returns nothing where the same entry is active already. */
export const insertListEntry = sql(
  'insert-list-entry',
  `INSERT INTO list_entries (merchant_id, list, kind, value, note, created_by, expires_at)
   VALUES ($1, $2, $3, $4, $5, $6, $7)
   ON CONFLICT DO NOTHING
   RETURNING ${COLUMNS}`,
);

export const selectActiveListEntry = sql(
  'select-active-list-entry',
  `SELECT ${COLUMNS} FROM list_entries
   WHERE merchant_id IS NOT DISTINCT FROM $1 AND list = $2 AND kind = $3 AND value = $4 AND removed_at IS NULL`,
);

/** The first removal counts; a second one changes nothing and returns the row all the same. */
export const removeListEntry = sql(
  'remove-list-entry',
  `UPDATE list_entries
   SET removed_at = coalesce(removed_at, now()), removed_by = coalesce(removed_by, $2)
   WHERE id = $1
   RETURNING ${COLUMNS}`,
);
