import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Every webhook that was signed and every read of a payment, as it came in. */
export class CreateDeliveries1790000003001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION '% is insert-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
      END $$`);
    await runner.query(`
      CREATE TABLE deliveries (
        delivery_id uuid PRIMARY KEY,
        merchant_id text COLLATE "C" NOT NULL,
        origin text NOT NULL CHECK (origin IN ('webhook', 'read')),
        -- REPORTED: became an event. RECORDED: of a type that moves no books yet. UNCHANGED: a read that says what is
        -- known. The others were set aside and, where a payment could be told, it is read back.
        verdict text NOT NULL CHECK (verdict IN ('REPORTED', 'RECORDED', 'PING', 'UNCHANGED', 'NOT_UNDERSTOOD', 'STALE')),
        reason text,
        reported_as text,
        payment_id text COLLATE "C",
        signed_at timestamptz,
        received_at timestamptz NOT NULL,
        -- The exact bytes; NULL for a read that says what is known.
        body bytea
      )`);
    await runner.query(
      `CREATE INDEX deliveries_set_aside ON deliveries (delivery_id) WHERE verdict IN ('NOT_UNDERSTOOD', 'STALE')`,
    );
    await runner.query(`
      CREATE TRIGGER insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON deliveries
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE deliveries');
    await runner.query('DROP FUNCTION refuse_change()');
  }
}
