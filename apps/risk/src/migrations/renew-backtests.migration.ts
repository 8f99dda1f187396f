import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Backtests say from what they took their features. Those without the fates of attempts go: they can be asked for again. */
export class RenewBacktests1764000000031 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DELETE FROM backtests');
    await queryRunner.query(
      `ALTER TABLE backtests ADD COLUMN source text NOT NULL CHECK (source IN ('decisions', 'topic'))`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE backtests DROP COLUMN source');
  }
}
