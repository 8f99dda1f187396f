import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A command that creates a payment claims its order as an attempt does. */
export class ClaimOrdersForCreates1765000000021 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE order_claim
        ALTER COLUMN attempt_id DROP NOT NULL,
        ADD COLUMN command_id text,
        ADD CHECK (num_nonnulls(attempt_id, command_id) = 1)`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DELETE FROM order_claim WHERE attempt_id IS NULL');
    await queryRunner.query('ALTER TABLE order_claim DROP COLUMN command_id, ALTER COLUMN attempt_id SET NOT NULL');
  }
}
