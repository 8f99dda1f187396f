import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whose approves are stopped. What was switched when, by whom and why is in `operator_action`. */
export class CreateKillSwitch1765000000004 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE kill_switch (
        -- Empty for all merchants: no merchant's id is.
        merchant_id text PRIMARY KEY,
        stopped_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        stopped_by text NOT NULL,
        note text NOT NULL
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE kill_switch');
  }
}
