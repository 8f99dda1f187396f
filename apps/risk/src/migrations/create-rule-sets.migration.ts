import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Rule sets with their life and its record. What a set says never changes, and the record is insert-only. */
export class CreateRuleSets1764000000020 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE rule_sets (
        rule_set_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        -- SHA-256 over the content, in hexadecimal.
        version text NOT NULL UNIQUE CHECK (version = encode(sha256(convert_to(content, 'UTF8')), 'hex')),
        name text NOT NULL,
        -- Canonical JSON (RFC 8785): text, since jsonb would put the keys in another order.
        content text NOT NULL,
        status text NOT NULL CHECK (status IN ('draft', 'shadow', 'live', 'retired')),
        created_at timestamptz NOT NULL DEFAULT now(),
        created_by jsonb NOT NULL,
        proposed_at timestamptz,
        proposed_by jsonb,
        proposal_note text,
        live_since timestamptz,
        -- The set that was live until this one went live: where a rollback goes.
        replaced text REFERENCES rule_sets (version),
        -- Ids of those who wrote, proposed or promoted it: they review nothing that it sends to review.
        people text[] NOT NULL DEFAULT '{}',
        CHECK ((proposed_at IS NULL) = (proposed_by IS NULL)),
        CHECK ((status = 'live') = (live_since IS NOT NULL))
      )`);
    await queryRunner.query(`CREATE UNIQUE INDEX rule_sets_one_live ON rule_sets (status) WHERE status = 'live'`);
    // One row: whoever changes a set's standing locks it, and instances see by its number that something has changed.
    await queryRunner.query(`
      CREATE TABLE rule_set_standing (
        only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
        revision bigint NOT NULL
      )`);
    await queryRunner.query('INSERT INTO rule_set_standing (revision) VALUES (0)');
    await queryRunner.query(`
      CREATE TABLE rule_set_audit (
        audit_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        at timestamptz NOT NULL DEFAULT clock_timestamp(),
        version text NOT NULL REFERENCES rule_sets (version),
        step text NOT NULL,
        from_status text,
        to_status text NOT NULL,
        done_by jsonb NOT NULL,
        note text
      )`);
    await queryRunner.query(`
      CREATE FUNCTION refuse_rule_set_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION '% is not changed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
      END $$`);
    await queryRunner.query(`
      CREATE TRIGGER insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON rule_set_audit
      EXECUTE FUNCTION refuse_rule_set_change()`);
    await queryRunner.query(`
      CREATE TRIGGER content_stays BEFORE UPDATE OF version, name, content, created_at, created_by ON rule_sets
      EXECUTE FUNCTION refuse_rule_set_change()`);
    await queryRunner.query(`
      CREATE TRIGGER sets_stay BEFORE DELETE OR TRUNCATE ON rule_sets
      EXECUTE FUNCTION refuse_rule_set_change()`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE rule_set_audit, rule_set_standing, rule_sets');
    await queryRunner.query('DROP FUNCTION refuse_rule_set_change');
  }
}
