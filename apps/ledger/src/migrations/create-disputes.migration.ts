import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Disputes with what was said about them, and operations that failed at the provider. */
export class CreateDisputes1790000003005 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Read with the row that every poster locks: only a disputed payment's disputes are looked for.
    await runner.query('ALTER TABLE payments ADD COLUMN is_disputed boolean NOT NULL DEFAULT false');
    await createDisputes(runner);
    await runner.query(`
      CREATE TABLE operation_failures (
        merchant_id text COLLATE "C" NOT NULL,
        payment_id text COLLATE "C" NOT NULL,
        dedup_key text COLLATE "C" NOT NULL,
        delivery_id uuid NOT NULL,
        reported_as text NOT NULL,
        -- What was asked for; NULL where the webhook does not say.
        requested_minor numeric(38, 0),
        received_at timestamptz NOT NULL,
        PRIMARY KEY (merchant_id, payment_id, dedup_key)
      )`);
    for (const table of ['dispute_evidence', 'operation_failures']) {
      await runner.query(`
        CREATE TRIGGER insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ${table}
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE operation_failures, dispute_evidence, disputes');
    await runner.query('ALTER TABLE payments DROP COLUMN is_disputed');
  }
}

async function createDisputes(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE TABLE disputes (
      merchant_id text COLLATE "C" NOT NULL,
      processor text COLLATE "C" NOT NULL,
      dispute_id text COLLATE "C" NOT NULL,
      dispute_order bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
      first_heard_at timestamptz NOT NULL DEFAULT now(),
      -- NULL while no report of the dispute has named its payment.
      payment_id text COLLATE "C",
      transaction_id text,
      order_id text,
      type text,
      status text,
      is_open boolean NOT NULL DEFAULT true,
      amount_minor numeric(38, 0),
      currency text,
      received_at timestamptz,
      challenge_required_by timestamptz,
      reason text,
      reason_code text,
      processor_reason text,
      PRIMARY KEY (merchant_id, processor, dispute_id)
    )`);
  await runner.query('CREATE INDEX disputes_by_payment ON disputes (payment_id, merchant_id)');
  await runner.query(`
    CREATE INDEX disputes_by_due ON disputes ((coalesce(challenge_required_by, 'infinity'::timestamptz)), dispute_order)`);
  await runner.query(`
    CREATE TABLE dispute_evidence (
      merchant_id text COLLATE "C" NOT NULL,
      processor text COLLATE "C" NOT NULL,
      dispute_id text COLLATE "C" NOT NULL,
      dedup_key text COLLATE "C" NOT NULL,
      evidence_id text NOT NULL,
      reported_as text NOT NULL,
      received_at timestamptz NOT NULL,
      report jsonb NOT NULL,
      PRIMARY KEY (merchant_id, processor, dispute_id, dedup_key)
    )`);
}
