import type { MigrationInterface, QueryRunner } from 'typeorm';

/** One row for each payment command. Rows are never deleted: they are what tells a repetition of any age. */
export class CreatePaymentCommand1765000000010 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE payment_command (
        merchant_id text NOT NULL,
        command_id text NOT NULL,
        -- Commands of one payment are carried out in this order, one at a time.
        sequence bigint GENERATED ALWAYS AS IDENTITY,
        kind text NOT NULL CHECK (kind IN ('create', 'capture', 'cancel', 'refund')),
        request jsonb NOT NULL,
        -- HMAC of the whole request, token included: tells a repetition from another command of the same id.
        digest bytea NOT NULL,
        payment_id text,
        -- Of a create, until its end; opens for this merchant and command alone.
        sealed_token text,
        requested_at timestamptz NOT NULL,
        traceparent text,
        state text NOT NULL CHECK (state IN ('AWAITING', 'CALLING', 'UNKNOWN', 'DONE', 'REFUSED')),
        -- Grows with each lease: a result is recorded only under the number it was leased with.
        fence integer NOT NULL,
        lease_until timestamptz,
        calls integer NOT NULL CHECK (calls >= 0),
        tries integer NOT NULL,
        -- What Primer is asked for. Up to 19 digits, which is more than a bigint holds.
        amount_minor numeric(19, 0) CHECK (amount_minor >= 0),
        currency text,
        final boolean,
        before jsonb,
        arrived boolean NOT NULL,
        refusal jsonb,
        first_called_at timestamptz,
        last_called_at timestamptz,
        unknown_since timestamptz,
        payment jsonb,
        reason text,
        provider_error_id text,
        concluded_at timestamptz,
        due_at timestamptz NOT NULL,
        last_answer text,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (merchant_id, command_id),
        CHECK (kind = 'create' OR payment_id IS NOT NULL),
        CHECK ((state IN ('DONE', 'REFUSED')) = (concluded_at IS NOT NULL)),
        CHECK ((concluded_at IS NULL) = (reason IS NULL)),
        CHECK (state <> 'AWAITING' OR calls = 0),
        CHECK (state <> 'UNKNOWN' OR calls > 0),
        CHECK (state <> 'DONE' OR payment_id IS NOT NULL),
        CHECK (concluded_at IS NULL OR sealed_token IS NULL)
      ) WITH (fillfactor = 80)`);
    await queryRunner.query(`
      CREATE INDEX payment_command_due ON payment_command (due_at) WHERE concluded_at IS NULL`);
    await queryRunner.query(`
      CREATE INDEX payment_command_open ON payment_command (merchant_id, payment_id, sequence)
        WHERE concluded_at IS NULL AND kind <> 'create'`);
    // Two calls that move money of one payment are never under way at the same time, whoever makes them.
    await queryRunner.query(`
      CREATE UNIQUE INDEX payment_command_under_way ON payment_command (merchant_id, payment_id)
        WHERE state IN ('CALLING', 'UNKNOWN') AND kind <> 'create'`);
    // The pure core never leaves an end; should a statement ever try, the database refuses.
    await queryRunner.query(`
      CREATE FUNCTION refuse_change_of_end() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'payment command % has ended already', OLD.command_id;
      END $$`);
    await queryRunner.query(`
      CREATE TRIGGER payment_command_end_is_final BEFORE UPDATE ON payment_command
        FOR EACH ROW WHEN (OLD.concluded_at IS NOT NULL) EXECUTE FUNCTION refuse_change_of_end()`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE payment_command');
    await queryRunner.query('DROP FUNCTION refuse_change_of_end');
  }
}
