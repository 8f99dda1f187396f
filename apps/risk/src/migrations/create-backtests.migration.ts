import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Backtests and their figures. */
export class CreateBacktests1764000000030 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE backtests (
        backtest_id uuid PRIMARY KEY,
        version text NOT NULL REFERENCES rule_sets (version),
        from_at timestamptz NOT NULL,
        to_at timestamptz NOT NULL CHECK (to_at > from_at),
        merchant_id text,
        status text NOT NULL DEFAULT 'running' CHECK (status IN ('running', 'done', 'failed')),
        requested_at timestamptz NOT NULL DEFAULT now(),
        requested_by jsonb NOT NULL,
        -- When the process that runs it last wrote here.
        heard_of_at timestamptz NOT NULL DEFAULT now(),
        attempts_read integer NOT NULL DEFAULT 0,
        result jsonb,
        problem text,
        CHECK ((status = 'done') = (result IS NOT NULL))
      )`);
    await queryRunner.query('CREATE INDEX backtests_requested_at ON backtests (requested_at)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE backtests');
  }
}
