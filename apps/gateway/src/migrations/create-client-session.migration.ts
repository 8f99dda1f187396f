import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the sessions that were made here are about. */
export class CreateClientSession1765000000005 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE client_session (
        id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        merchant_id text NOT NULL,
        order_id text NOT NULL,
        amount_minor numeric(19, 0) NOT NULL CHECK (amount_minor >= 0),
        currency text NOT NULL,
        -- Primer tells it to the browser's SDK, and to the back end only if it chooses to.
        client_session_id text,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp()
      )`);
    await queryRunner.query('CREATE INDEX client_session_order ON client_session (merchant_id, order_id)');
    await queryRunner.query(`
      CREATE INDEX client_session_known ON client_session (merchant_id, client_session_id)
        WHERE client_session_id IS NOT NULL`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE client_session');
  }
}
