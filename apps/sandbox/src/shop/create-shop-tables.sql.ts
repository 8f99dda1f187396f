/** The shop's checkouts, in the order in which they were begun. */
export const CREATE_SHOP_TABLES = `
  CREATE TABLE IF NOT EXISTS shop_order (
    number     INTEGER PRIMARY KEY AUTOINCREMENT,
    attempt_id TEXT NOT NULL UNIQUE,
    document   TEXT NOT NULL
  ) STRICT;
`;
