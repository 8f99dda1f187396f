import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What became of attempts and their payments, and what of it each card and customer is remembered by. Rows are merged,
 * never replaced, so that they end the same in whatever order the news comes.
 */
export class CreateFates1764000000022 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE attempt_outcomes (
        attempt_id uuid NOT NULL,
        merchant_id text NOT NULL,
        outcome text NOT NULL,
        payment_id text,
        concluded_at timestamptz NOT NULL,
        -- What its card and customer have been told of it already.
        counted text[] NOT NULL DEFAULT '{}',
        -- Nothing could be told yet: the attempt has not been decided here.
        pending boolean NOT NULL DEFAULT true,
        PRIMARY KEY (attempt_id, merchant_id)
      )`);
    await queryRunner.query(`
      CREATE INDEX attempt_outcomes_by_payment ON attempt_outcomes (payment_id, merchant_id)
        WHERE payment_id IS NOT NULL`);
    await queryRunner.query('CREATE INDEX attempt_outcomes_pending ON attempt_outcomes (concluded_at) WHERE pending');
    await queryRunner.query(`
      CREATE TABLE payment_fates (
        payment_id text NOT NULL,
        merchant_id text NOT NULL,
        authorised boolean NOT NULL,
        declined boolean NOT NULL,
        refunded boolean NOT NULL,
        disputed boolean NOT NULL,
        dispute_lost boolean NOT NULL,
        -- What the provider confirmed of it.
        amount_minor numeric,
        currency text,
        bin text,
        last4 text,
        network text,
        issuer_country text,
        PRIMARY KEY (payment_id, merchant_id)
      ) WITH (fillfactor = 70)`);
    await queryRunner.query(`
      CREATE VIEW attempt_fates AS
        SELECT o.merchant_id, o.attempt_id, o.outcome, o.payment_id, o.concluded_at,
               coalesce(f.authorised, false) AS authorised, coalesce(f.declined, false) AS declined,
               coalesce(f.refunded, false) AS refunded, coalesce(f.disputed, false) AS disputed,
               coalesce(f.dispute_lost, false) AS dispute_lost
        FROM attempt_outcomes o
        LEFT JOIN payment_fates f ON f.payment_id = o.payment_id AND f.merchant_id = o.merchant_id`);
    await queryRunner.query(`
      ALTER TABLE subjects
        ADD COLUMN approved integer NOT NULL DEFAULT 0,
        ADD COLUMN aborted integer NOT NULL DEFAULT 0,
        ADD COLUMN declined integer NOT NULL DEFAULT 0,
        ADD COLUMN refunded integer NOT NULL DEFAULT 0,
        ADD COLUMN disputed integer NOT NULL DEFAULT 0,
        ADD COLUMN mismatched text[] NOT NULL DEFAULT '{}'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP VIEW attempt_fates');
    await queryRunner.query('DROP TABLE payment_fates');
    await queryRunner.query('DROP TABLE attempt_outcomes');
    await queryRunner.query(`
      ALTER TABLE subjects
        DROP COLUMN approved, DROP COLUMN aborted, DROP COLUMN declined, DROP COLUMN refunded, DROP COLUMN disputed,
        DROP COLUMN mismatched`);
  }
}
