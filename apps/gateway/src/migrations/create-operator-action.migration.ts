import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Incidents are open or closed; what operators do is written down for ever. */
export class CreateOperatorAction1765000000003 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE incident
        ADD COLUMN opened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        ADD COLUMN closed_at timestamptz,
        ADD COLUMN closed_by text,
        ADD COLUMN close_note text,
        ADD CHECK ((closed_at IS NULL) = (closed_by IS NULL)),
        ADD CHECK ((closed_at IS NULL) = (close_note IS NULL))`);
    await queryRunner.query('UPDATE incident SET opened_at = first_seen_at');
    await queryRunner.query('CREATE INDEX incident_open ON incident (kind, opened_at) WHERE closed_at IS NULL');
    await queryRunner.query('CREATE INDEX incident_attempt ON incident (attempt_id)');
    await queryRunner.query(`
      CREATE TABLE operator_action (
        id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        at timestamptz NOT NULL DEFAULT clock_timestamp(),
        kind text NOT NULL,
        -- In the operator's own words, else what their key is.
        actor text NOT NULL,
        note text NOT NULL,
        -- Null for what concerns all merchants.
        merchant_id text,
        attempt_id uuid,
        incident_id uuid,
        facts jsonb NOT NULL
      )`);
    await queryRunner.query('CREATE INDEX operator_action_listing ON operator_action (at, id)');
    await queryRunner.query(`
      CREATE FUNCTION refuse_change_of_operator_action() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'what operators did is not changed afterwards';
      END $$`);
    await queryRunner.query(`
      CREATE TRIGGER operator_action_is_final BEFORE UPDATE OR DELETE ON operator_action
        FOR EACH ROW EXECUTE FUNCTION refuse_change_of_operator_action()`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE operator_action');
    await queryRunner.query('DROP FUNCTION refuse_change_of_operator_action');
    await queryRunner.query(`
      ALTER TABLE incident DROP COLUMN opened_at, DROP COLUMN closed_at, DROP COLUMN closed_by, DROP COLUMN close_note`);
    await queryRunner.query('DROP INDEX incident_attempt');
  }
}
