import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the sweeper will read next: a row for each payment, and one for each merchant's list of recent payments. */
export class CreateReadBacks1790000003003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE read_backs (
        merchant_id text COLLATE "C" NOT NULL,
        payment_id text COLLATE "C" NOT NULL,
        first_heard_at timestamptz NOT NULL DEFAULT now(),
        -- NULL: there is nothing left to expect.
        next_read_at timestamptz,
        last_read_at timestamptz,
        failed_tries integer NOT NULL DEFAULT 0,
        lease_id uuid,
        lease_until timestamptz,
        PRIMARY KEY (merchant_id, payment_id)
      )`);
    await runner.query('CREATE INDEX read_backs_due ON read_backs (next_read_at) WHERE next_read_at IS NOT NULL');
    await runner.query(`
      CREATE TABLE payment_lists (
        merchant_id text COLLATE "C" PRIMARY KEY,
        next_list_at timestamptz NOT NULL DEFAULT now(),
        -- Payments created before this are known; NULL before the first time.
        listed_through timestamptz,
        lease_id uuid
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE payment_lists, read_backs');
  }
}
