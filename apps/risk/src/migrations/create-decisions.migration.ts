import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was decided about each attempt, on what, and by which rules. Kept for ever: it is how a duplicate is told. */
export class CreateDecisions1764000000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE decisions (
        attempt_id uuid NOT NULL,
        merchant_id text NOT NULL,
        client_session_id text NOT NULL,
        instrument text NOT NULL,
        order_id text NOT NULL,
        -- Up to 19 digits, which is more than a bigint holds.
        amount_minor numeric(19, 0) NOT NULL CHECK (amount_minor >= 0),
        currency text NOT NULL,
        decision text NOT NULL CHECK (decision IN ('APPROVE', 'ABORT', 'REVIEW')),
        reason text NOT NULL,
        rule_set text NOT NULL,
        rule_set_version text NOT NULL,
        rule_set_digest text NOT NULL,
        hits jsonb NOT NULL,
        features jsonb NOT NULL,
        received_at timestamptz NOT NULL,
        decide_by timestamptz NOT NULL,
        approve_by timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        announced_by_source text NOT NULL,
        announced_by_id text NOT NULL,
        decided_at timestamptz NOT NULL,
        -- The attempt comes first, so that it is found without its merchant too.
        PRIMARY KEY (attempt_id, merchant_id)
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE decisions');
  }
}
