import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The one winning action of each attempt. Rows are never deleted: they are what tells a duplicate of any age. */
export class CreateAttemptAction1765000000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE attempt_action (
        merchant_id text NOT NULL,
        attempt_id uuid NOT NULL,
        client_session_id text NOT NULL,
        order_id text NOT NULL,
        -- Up to 19 digits, which is more than a bigint holds.
        amount_minor numeric(19, 0) NOT NULL CHECK (amount_minor >= 0),
        currency text NOT NULL,
        analytics_id text,
        received_at timestamptz NOT NULL,
        decide_by timestamptz NOT NULL,
        approve_by timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        decision text NOT NULL CHECK (decision IN ('APPROVE', 'ABORT')),
        decision_source text NOT NULL,
        decision_reason text NOT NULL,
        decided_at timestamptz NOT NULL,
        superseded_by uuid,
        traceparent text,
        state text NOT NULL
          CHECK (state IN ('AWAITING', 'CALLING', 'UNKNOWN', 'APPROVED', 'ABORTED', 'EXPIRED', 'REJECTED')),
        step text NOT NULL CHECK (step IN ('approve', 'abort', 'fence', 'find')),
        abort_reason text,
        if_not_found text,
        if_not_found_reason text,
        -- Grows with each lease: a result is recorded only under the number its call was leased with.
        fence integer NOT NULL,
        lease_until timestamptz,
        approve_calls integer NOT NULL CHECK (approve_calls >= 0),
        abort_calls integer NOT NULL CHECK (abort_calls >= 0),
        tries integer NOT NULL,
        not_found_tries integer NOT NULL,
        first_called_at timestamptz,
        unknown_since timestamptz,
        looking_since timestamptz,
        looked_at timestamptz,
        payment_id text,
        outcome_reason text,
        concluded_at timestamptz,
        due_at timestamptz NOT NULL,
        last_answer text,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        -- The attempt comes first, so that it is found without its merchant too.
        PRIMARY KEY (attempt_id, merchant_id),
        CHECK ((state IN ('APPROVED', 'ABORTED', 'EXPIRED', 'REJECTED')) = (concluded_at IS NOT NULL)),
        CHECK ((concluded_at IS NULL) = (outcome_reason IS NULL)),
        CHECK (state <> 'AWAITING' OR approve_calls + abort_calls = 0),
        CHECK (payment_id IS NULL OR state = 'APPROVED')
      ) WITH (fillfactor = 80)`);
    await queryRunner.query(`
      CREATE INDEX attempt_action_due ON attempt_action (due_at) WHERE concluded_at IS NULL`);
    await queryRunner.query(`
      CREATE INDEX attempt_action_order ON attempt_action (merchant_id, order_id)`);
    await queryRunner.query(`
      CREATE INDEX attempt_action_payment ON attempt_action (merchant_id, payment_id) WHERE payment_id IS NOT NULL`);
    await queryRunner.query('CREATE INDEX attempt_action_listing ON attempt_action (created_at, attempt_id)');
    await queryRunner.query(`
      CREATE INDEX attempt_action_unusual ON attempt_action (state, created_at, attempt_id)
        WHERE state NOT IN ('APPROVED', 'ABORTED')`);
    // The pure core never leaves a terminal state; should a statement ever try, the database refuses.
    await queryRunner.query(`
      CREATE FUNCTION refuse_change_of_outcome() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'attempt % has its outcome already', OLD.attempt_id;
      END $$`);
    await queryRunner.query(`
      CREATE TRIGGER attempt_action_outcome_is_final BEFORE UPDATE ON attempt_action
        FOR EACH ROW WHEN (OLD.concluded_at IS NOT NULL) EXECUTE FUNCTION refuse_change_of_outcome()`);
    await queryRunner.query(`
      CREATE TABLE superseded_decision (
        event_source text NOT NULL,
        event_id text NOT NULL,
        merchant_id text NOT NULL,
        attempt_id uuid NOT NULL,
        decision text NOT NULL,
        decision_source text NOT NULL,
        decision_reason text NOT NULL,
        decided_at timestamptz NOT NULL,
        recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (attempt_id, merchant_id, event_source, event_id)
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE superseded_decision, attempt_action');
    await queryRunner.query('DROP FUNCTION refuse_change_of_outcome');
  }
}
