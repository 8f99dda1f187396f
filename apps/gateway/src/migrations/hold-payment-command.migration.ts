import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is above a merchant's limits waits for a second person; what was said about it is kept, also before it waits. */
export class HoldPaymentCommand1765000000030 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE payment_command
        -- Null for those of before: the merchant's own systems.
        ADD COLUMN requester text,
        ADD COLUMN hold jsonb,
        ADD COLUMN hold_verdict jsonb,
        DROP CONSTRAINT payment_command_state_check,
        ADD CONSTRAINT payment_command_state_check
          CHECK (state IN ('AWAITING', 'HELD', 'CALLING', 'UNKNOWN', 'DONE', 'REFUSED')),
        ADD CHECK (state <> 'HELD' OR (hold IS NOT NULL AND calls = 0)),
        -- Nothing is sent of what was held unless somebody has approved it.
        ADD CHECK (hold IS NULL OR calls = 0 OR COALESCE(hold_verdict ->> 'verdict', '') = 'approved')`);
    await queryRunner.query(`
      CREATE INDEX payment_command_rate ON payment_command (merchant_id, kind, created_at)`);
    await queryRunner.query(`
      CREATE TABLE command_verdict (
        merchant_id text NOT NULL,
        command_id text NOT NULL,
        -- Names what was decided about: of a command of other amounts it lets nothing through.
        hold_digest text NOT NULL,
        verdict text NOT NULL CHECK (verdict IN ('approved', 'rejected', 'cancelled', 'expired')),
        approval_id text NOT NULL,
        actor text NOT NULL,
        at timestamptz NOT NULL,
        heard_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (merchant_id, command_id, hold_digest)
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE command_verdict');
    await queryRunner.query('DROP INDEX payment_command_rate');
    await queryRunner.query(`
      ALTER TABLE payment_command DROP COLUMN requester, DROP COLUMN hold, DROP COLUMN hold_verdict,
        DROP CONSTRAINT payment_command_state_check,
        ADD CONSTRAINT payment_command_state_check
          CHECK (state IN ('AWAITING', 'CALLING', 'UNKNOWN', 'DONE', 'REFUSED'))`);
  }
}
