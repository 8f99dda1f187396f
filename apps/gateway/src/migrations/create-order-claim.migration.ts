import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which attempt of an order was the last to begin its approve, and which payments have turned out to be unpaid. */
export class CreateOrderClaim1765000000002 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE order_claim (
        merchant_id text NOT NULL,
        order_id text NOT NULL,
        attempt_id uuid NOT NULL,
        claimed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (merchant_id, order_id)
      ) WITH (fillfactor = 90)`);
    // Attempts that were approved before orders were claimed claim theirs now: the newest of each order.
    await queryRunner.query(`
      INSERT INTO order_claim (merchant_id, order_id, attempt_id)
      SELECT DISTINCT ON (merchant_id, order_id) merchant_id, order_id, attempt_id
      FROM attempt_action
      WHERE state = 'APPROVED' OR (state IN ('CALLING', 'UNKNOWN') AND approve_calls > 0)
      ORDER BY merchant_id, order_id, created_at DESC`);
    // The dateUpdated of the newest report that said DECLINED, FAILED or CANCELLED; null while none has said so.
    await queryRunner.query('ALTER TABLE payment_sighting ADD COLUMN unpaid_as_of timestamp');
    await queryRunner.query(`
      CREATE INDEX payment_sighting_unpaid ON payment_sighting (merchant_id, payment_id) WHERE unpaid_as_of IS NOT NULL`);
    await queryRunner.query(`
      UPDATE payment_sighting SET unpaid_as_of = COALESCE((snapshot ->> 'dateUpdated')::timestamp, '-infinity')
      WHERE snapshot ->> 'status' IN ('DECLINED', 'FAILED', 'CANCELLED')`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX payment_sighting_unpaid');
    await queryRunner.query('ALTER TABLE payment_sighting DROP COLUMN unpaid_as_of');
    await queryRunner.query('DROP TABLE order_claim');
  }
}
