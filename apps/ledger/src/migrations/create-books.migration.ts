import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Evidence, payments and the journal. Evidence, entries and postings are insert-only, and the database itself refuses
 * an entry that does not sum to zero per currency and layer.
 */
export class CreateBooks1790000003002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createPayments(runner);
    await createJournal(runner);
    await createBalanceCheck(runner);
    for (const table of ['evidence', 'accounts', 'journal_entries', 'postings']) {
      await runner.query(`
        CREATE TRIGGER insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ${table}
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE account_balances, postings, journal_entries, accounts, evidence, payments');
    await runner.query('DROP SEQUENCE journal_entry_ids');
    await runner.query('DROP FUNCTION assert_entries_balance()');
  }
}

async function createPayments(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE TABLE payments (
      merchant_id text COLLATE "C" NOT NULL,
      payment_id text COLLATE "C" NOT NULL,
      heard_order bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
      first_heard_at timestamptz NOT NULL DEFAULT now(),
      -- NULL until the provider has said something: an attempt's outcome alone makes no payment known.
      status text,
      effective_at timestamptz,
      order_id text,
      currency text,
      processor_name text,
      authorized_minor numeric(38, 0) NOT NULL DEFAULT 0,
      authorized_from text NOT NULL DEFAULT 'unknown',
      captured_minor numeric(38, 0) NOT NULL DEFAULT 0,
      refunded_minor numeric(38, 0) NOT NULL DEFAULT 0,
      is_final boolean NOT NULL DEFAULT false,
      flags text[] NOT NULL DEFAULT '{}',
      "position" jsonb NOT NULL DEFAULT '[]',
      position_version integer NOT NULL DEFAULT 0,
      -- The attempt of ours that led to it, and what was decided.
      attempt_id text,
      decided_order_id text,
      decided_minor numeric(38, 0),
      decided_currency text,
      -- This way round it serves operators too, who know a payment by its id alone.
      PRIMARY KEY (payment_id, merchant_id)
    ) WITH (fillfactor = 30)`);
  await createPaymentIndexes(runner);
  await runner.query(`
    CREATE TABLE evidence (
      merchant_id text COLLATE "C" NOT NULL,
      payment_id text COLLATE "C" NOT NULL,
      dedup_key text COLLATE "C" NOT NULL,
      evidence_id text NOT NULL,
      origin text NOT NULL,
      reported_as text NOT NULL,
      effective_at timestamptz NOT NULL,
      received_at timestamptz NOT NULL,
      snapshot jsonb NOT NULL,
      PRIMARY KEY (merchant_id, payment_id, dedup_key)
    )`);
}

/**
 * A payment is written anew by each thing that is heard about it. No B-tree holds a column that changes on the ordinary
 * way, so that the new version stays on its page, which has room for it, and no index is written (a heap-only update):
 * order and flags are there from the first version on, and a status is found by a summary of each range of pages.
 */
async function createPaymentIndexes(runner: QueryRunner): Promise<void> {
  await runner.query('CREATE INDEX payments_by_order ON payments (order_id)');
  await runner.query(`
    CREATE INDEX payments_by_status ON payments
    USING brin (status text_bloom_ops (n_distinct_per_range = 16)) WITH (pages_per_range = 64, autosummarize = on)`);
  await runner.query(`CREATE INDEX payments_flagged ON payments (heard_order) WHERE flags <> '{}'`);
}

async function createJournal(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE TABLE accounts (
      account_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      merchant_id text COLLATE "C" NOT NULL,
      currency text COLLATE "C" NOT NULL,
      name text COLLATE "C" NOT NULL,
      UNIQUE (merchant_id, currency, name)
    )`);
  await runner.query('CREATE SEQUENCE journal_entry_ids');
  await runner.query(`
    CREATE TABLE journal_entries (
      entry_id bigint PRIMARY KEY DEFAULT nextval('journal_entry_ids'),
      merchant_id text COLLATE "C" NOT NULL,
      payment_id text COLLATE "C" NOT NULL,
      evidence_id text,
      position_version integer NOT NULL,
      effective_at timestamptz NOT NULL,
      recorded_at timestamptz NOT NULL DEFAULT now()
    )`);
  await runner.query('CREATE INDEX journal_entries_by_payment ON journal_entries (payment_id, entry_id)');
  await runner.query(`
    CREATE TABLE postings (
      entry_id bigint NOT NULL,
      ordinal smallint NOT NULL,
      account_id bigint NOT NULL,
      layer text NOT NULL CHECK (layer IN ('pending', 'posted')),
      -- Positive: debit. Negative: credit.
      amount_minor numeric(38, 0) NOT NULL CHECK (amount_minor <> 0),
      PRIMARY KEY (entry_id, ordinal)
    )`);
  // A cache: the fold of the postings is the truth, and the trial balance compares the two.
  await runner.query(`
    CREATE TABLE account_balances (
      account_id bigint NOT NULL,
      layer text NOT NULL,
      balance_minor numeric(38, 0) NOT NULL,
      PRIMARY KEY (account_id, layer)
    ) WITH (fillfactor = 50)`);
}

/**
 * Checked once for each INSERT statement, over all that it added: an entry's postings are written by one statement,
 * and what is added to an entry must balance by itself. It stands in for foreign keys too, whose row locks on the few
 * busy accounts would be fought over.
 */
async function createBalanceCheck(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE FUNCTION assert_entries_balance() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
    DECLARE
      wrong bigint;
    BEGIN
      SELECT added.entry_id INTO wrong
        FROM added
        LEFT JOIN journal_entries USING (entry_id)
        LEFT JOIN accounts USING (account_id)
       WHERE journal_entries.merchant_id IS DISTINCT FROM accounts.merchant_id OR accounts.merchant_id IS NULL
       LIMIT 1;
      IF FOUND THEN
        RAISE EXCEPTION 'entry % has a posting without an entry or an account of its merchant', wrong
          USING ERRCODE = 'foreign_key_violation';
      END IF;
      SELECT added.entry_id INTO wrong
        FROM added JOIN accounts USING (account_id)
       GROUP BY added.entry_id, accounts.currency, added.layer
      HAVING sum(added.amount_minor) <> 0
       LIMIT 1;
      IF FOUND THEN
        RAISE EXCEPTION 'entry % does not sum to zero', wrong
          USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_balances';
      END IF;
      RETURN NULL;
    END $$`);
  await runner.query(`
    CREATE TRIGGER entries_balance AFTER INSERT ON postings
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION assert_entries_balance()`);
}
