/**
 * The emulator's tables. Moments are microseconds since 1970. The unique index on `payment.attempt_id` is the pair
 * assertion to the attempt policy: two payments for one attempt cannot be stored, whatever the code above believes.
 */
export const CREATE_TABLES = `
  CREATE TABLE IF NOT EXISTS setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE IF NOT EXISTS client_session (
    id                 TEXT PRIMARY KEY,
    tenant_id          TEXT NOT NULL,
    token_hash         TEXT NOT NULL UNIQUE,
    token_expires_at   INTEGER NOT NULL,
    approval_mode      TEXT NOT NULL CHECK (approval_mode IN ('MANUAL', 'AUTO')),
    details            TEXT NOT NULL,
    current_attempt_id TEXT,
    created_at         INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE IF NOT EXISTS payment_attempt (
    id                 TEXT PRIMARY KEY,
    session_id         TEXT NOT NULL REFERENCES client_session (id),
    tenant_id          TEXT NOT NULL,
    instrument         TEXT NOT NULL,
    approval_status    TEXT NOT NULL CHECK (approval_status IN ('REQUIRES_APPROVAL', 'APPROVED', 'ABORTED')),
    payment_id         TEXT,
    abort_reason       TEXT,
    approve_calls      INTEGER NOT NULL DEFAULT 0,
    abort_calls        INTEGER NOT NULL DEFAULT 0,
    webhook_delay_ms   INTEGER NOT NULL,
    webhook_duplicates INTEGER NOT NULL,
    created_at         INTEGER NOT NULL,
    expires_at         INTEGER NOT NULL,
    CHECK ((approval_status = 'APPROVED') = (payment_id IS NOT NULL))
  ) STRICT;

  CREATE TABLE IF NOT EXISTS payment (
    id             TEXT PRIMARY KEY,
    tenant_id      TEXT NOT NULL,
    attempt_id     TEXT UNIQUE,
    status         TEXT NOT NULL,
    order_id       TEXT NOT NULL,
    customer_id    TEXT,
    customer_email TEXT,
    currency_code  TEXT NOT NULL,
    amount         INTEGER NOT NULL CHECK (amount >= 0),
    last4_digits   TEXT NOT NULL,
    document       TEXT NOT NULL,
    created_at     INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS payment_by_date ON payment (tenant_id, created_at);
  CREATE INDEX IF NOT EXISTS payment_by_order ON payment (tenant_id, order_id, created_at);

  CREATE TABLE IF NOT EXISTS settlement (
    payment_id TEXT PRIMARY KEY REFERENCES payment (id),
    due_at     INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS settlement_due ON settlement (due_at);

  CREATE TABLE IF NOT EXISTS pending_refund (
    processor_transaction_id TEXT PRIMARY KEY,
    payment_id               TEXT NOT NULL REFERENCES payment (id),
    ends                     TEXT NOT NULL CHECK (ends IN ('SETTLED', 'FAILED')),
    due_at                   INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS pending_refund_due ON pending_refund (due_at);

  CREATE TABLE IF NOT EXISTS idempotency_key (
    tenant_id  TEXT NOT NULL,
    operation  TEXT NOT NULL,
    key        TEXT NOT NULL,
    payment_id TEXT NOT NULL REFERENCES payment (id),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, operation, key)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE IF NOT EXISTS payment_method_token (
    token_hash  TEXT PRIMARY KEY,
    tenant_id   TEXT NOT NULL,
    kind        TEXT NOT NULL CHECK (kind IN ('SINGLE_USE', 'MULTI_USE')),
    instrument  TEXT NOT NULL,
    session_id  TEXT REFERENCES client_session (id),
    customer_id TEXT,
    created_at  INTEGER NOT NULL,
    expires_at  INTEGER,
    used_at     INTEGER
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE IF NOT EXISTS webhook (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id   TEXT NOT NULL,
    event_type  TEXT NOT NULL,
    attempt_id  TEXT,
    payment_id  TEXT,
    subject     TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('PENDING', 'SENDING', 'DELIVERED', 'DROPPED')),
    tries       INTEGER NOT NULL DEFAULT 0,
    due_at      INTEGER NOT NULL,
    created_at  INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS webhook_due ON webhook (due_at) WHERE state = 'PENDING';
  CREATE INDEX IF NOT EXISTS webhook_by_attempt ON webhook (attempt_id) WHERE attempt_id IS NOT NULL;

  CREATE TABLE IF NOT EXISTS webhook_delivery (
    webhook_id  INTEGER NOT NULL REFERENCES webhook (id),
    try         INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    status_code INTEGER,
    error       TEXT,
    PRIMARY KEY (webhook_id, try)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE IF NOT EXISTS journal (
    sequence   INTEGER PRIMARY KEY AUTOINCREMENT,
    at         INTEGER NOT NULL,
    kind       TEXT NOT NULL CHECK (kind IN ('REQUEST', 'EFFECT', 'WEBHOOK')),
    name       TEXT NOT NULL,
    attempt_id TEXT,
    payment_id TEXT,
    facts      TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS journal_by_attempt ON journal (attempt_id, sequence) WHERE attempt_id IS NOT NULL;
`;
