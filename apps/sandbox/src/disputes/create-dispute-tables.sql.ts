/** Disputes as they stand; `document` is the whole of one. `due_at` is when an open one may no longer be challenged. */
export const CREATE_DISPUTE_TABLES = `
  CREATE TABLE IF NOT EXISTS dispute (
    sequence   INTEGER PRIMARY KEY AUTOINCREMENT,
    id         TEXT NOT NULL UNIQUE,
    payment_id TEXT NOT NULL,
    document   TEXT NOT NULL,
    due_at     INTEGER
  ) STRICT;
  CREATE INDEX IF NOT EXISTS dispute_by_payment ON dispute (payment_id);
  CREATE INDEX IF NOT EXISTS dispute_due ON dispute (due_at) WHERE due_at IS NOT NULL;
`;
