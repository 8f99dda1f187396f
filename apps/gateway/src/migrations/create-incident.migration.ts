import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What needs a person, and the payments that have been reported. */
export class CreateIncident1765000000001 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE incident (
        id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        merchant_id text NOT NULL,
        kind text NOT NULL,
        -- The attempt or payment it is about; 'merchant' for what concerns all of a merchant's attempts.
        subject text NOT NULL,
        attempt_id uuid,
        payment_id text,
        facts jsonb NOT NULL,
        count integer NOT NULL DEFAULT 1,
        first_seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        last_seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        UNIQUE (merchant_id, kind, subject)
      )`);
    await queryRunner.query('CREATE INDEX incident_listing ON incident (first_seen_at, id)');
    await queryRunner.query(`
      CREATE TABLE payment_sighting (
        merchant_id text NOT NULL,
        payment_id text NOT NULL,
        order_id text,
        -- As first reported: id, order, amount, currency, status, dates, instrument.
        snapshot jsonb NOT NULL,
        first_seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        compared_at timestamptz,
        PRIMARY KEY (merchant_id, payment_id)
      )`);
    await queryRunner.query('CREATE INDEX payment_sighting_order ON payment_sighting (merchant_id, order_id)');
    await queryRunner.query(`
      CREATE INDEX payment_sighting_uncompared ON payment_sighting (first_seen_at) WHERE compared_at IS NULL`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE payment_sighting, incident');
  }
}
