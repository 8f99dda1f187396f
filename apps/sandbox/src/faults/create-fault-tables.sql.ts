/** The faults that were set, and how often each drew and struck. `definition` is what `POST /_sandbox/faults` took. */
export const CREATE_FAULT_TABLES = `
  CREATE TABLE IF NOT EXISTS fault (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    definition TEXT NOT NULL,
    salt       INTEGER NOT NULL,
    draws      INTEGER NOT NULL DEFAULT 0,
    strikes    INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL
  ) STRICT;
`;
