/** Outbox and inbox of one service. */
const eventTables = (schema: string): string => `
  CREATE SCHEMA ${schema};
  CREATE TABLE ${schema}.inbox (id uuid PRIMARY KEY, seen_at timestamptz NOT NULL DEFAULT now());
  CREATE TABLE ${schema}.outbox (
    id uuid PRIMARY KEY, topic text NOT NULL, key text NOT NULL, value text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
  );`;

/** Every table of the four services, each service's in a schema of its own. */
export const createTables = `
  ${['intake', 'risk', 'gateway', 'ledger'].map(eventTables).join('')}
  CREATE TABLE intake.attempts (
    attempt_id uuid PRIMARY KEY, client_session_id text NOT NULL, instrument text NOT NULL, order_id text NOT NULL,
    customer_id text NOT NULL, amount_minor bigint NOT NULL, currency text NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(), status text NOT NULL DEFAULT 'RECEIVED', payment_id text
  );
  CREATE TABLE risk.decisions (
    attempt_id uuid PRIMARY KEY, decision text NOT NULL, reason text NOT NULL, features jsonb NOT NULL,
    decided_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE TABLE gateway.attempt_actions (
    attempt_id uuid PRIMARY KEY, decision text NOT NULL, state text NOT NULL DEFAULT 'CALLING', payment_id text,
    claimed_at timestamptz NOT NULL DEFAULT now(), concluded_at timestamptz
  );
  CREATE TABLE ledger.deliveries (
    delivery_id uuid PRIMARY KEY, payment_id text NOT NULL, body text NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE TABLE ledger.payments (
    payment_id text PRIMARY KEY, order_id text NOT NULL, status text NOT NULL, amount_minor bigint NOT NULL,
    currency text NOT NULL, updated_at timestamptz NOT NULL
  );
  CREATE TABLE ledger.journal_entries (
    entry_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, payment_id text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE TABLE ledger.postings (
    entry_id bigint NOT NULL, account text NOT NULL, amount_minor bigint NOT NULL, PRIMARY KEY (entry_id, account)
  );
  CREATE TABLE ledger.balances (account text PRIMARY KEY, balance_minor bigint NOT NULL) WITH (fillfactor = 50);`;
