/**
 * What the delivery of webhooks needs beside their queue. `webhook_manner` has a row for a webhook that misbehaves: how
 * many of its first tries, in which way, the first one's text where retries repeat it, and the payment whose next
 * webhook it waits for. `webhook_secret` has a row once a tenant's secret was rotated; `configured_hash` tells which
 * configured secret it replaced.
 */
export const CREATE_WEBHOOK_TABLES = `
  CREATE TABLE IF NOT EXISTS webhook_manner (
    webhook_id          INTEGER PRIMARY KEY REFERENCES webhook (id),
    bad_signature_tries INTEGER NOT NULL,
    stale_tries         INTEGER NOT NULL,
    stale_seconds       INTEGER NOT NULL,
    repeats_bytes       INTEGER NOT NULL,
    first_letter        TEXT,
    held_payment_id     TEXT
  ) STRICT;
  CREATE INDEX IF NOT EXISTS webhook_held ON webhook_manner (held_payment_id) WHERE held_payment_id IS NOT NULL;

  CREATE TABLE IF NOT EXISTS webhook_secret (
    tenant_id       TEXT PRIMARY KEY,
    secret          TEXT NOT NULL,
    previous        TEXT NOT NULL,
    rotated_at      INTEGER NOT NULL,
    configured_hash TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
`;
