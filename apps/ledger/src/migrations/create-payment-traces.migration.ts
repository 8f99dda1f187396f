import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which traces belong to a payment: its attempt's, and its first webhook's. Written only while traces are exported. */
export class CreatePaymentTraces1790000003004 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE payment_traces (
        merchant_id text COLLATE "C" NOT NULL,
        payment_id text COLLATE "C" NOT NULL,
        attempt_traceparent text,
        webhook_traceparent text,
        PRIMARY KEY (merchant_id, payment_id)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE payment_traces');
  }
}
