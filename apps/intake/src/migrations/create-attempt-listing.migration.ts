import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * By what people look attempts up. A table of its own, only ever added to: the attempts' rows change their status with
 * every step, and each change would write every index of theirs anew.
 */
export class CreateAttemptListing1764000004000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE attempt_listing (
        line bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        merchant_id text NOT NULL,
        attempt_id uuid NOT NULL,
        -- Empty in the second line of an attempt whose customer was told later.
        order_id text,
        customer_id text
      )`);
    await runner.query(`
      INSERT INTO attempt_listing (merchant_id, attempt_id, order_id)
      SELECT merchant_id, attempt_id, order_id FROM attempts ORDER BY arrival`);
    await runner.query(`
      CREATE INDEX attempt_listing_by_order ON attempt_listing (order_id, line) WHERE order_id IS NOT NULL`);
    await runner.query(`
      CREATE INDEX attempt_listing_by_customer ON attempt_listing (customer_id, line) WHERE customer_id IS NOT NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE attempt_listing');
  }
}
