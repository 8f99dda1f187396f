import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The allow and the block list. Entries are never deleted: who put what on a list, and who took it off, stays. */
export class CreateListEntries1764000000002 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE list_entries (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        -- NULL: for every merchant.
        merchant_id text,
        list text NOT NULL CHECK (list IN ('allow', 'block')),
        kind text NOT NULL CHECK (kind IN ('customer', 'card', 'bin', 'country')),
        value text NOT NULL,
        note text,
        created_at timestamptz NOT NULL DEFAULT now(),
        created_by text NOT NULL,
        removed_at timestamptz,
        removed_by text,
        CHECK ((removed_at IS NULL) = (removed_by IS NULL))
      )`);
    await queryRunner.query(`
      CREATE UNIQUE INDEX list_entries_active ON list_entries (kind, value, list, merchant_id)
        NULLS NOT DISTINCT WHERE removed_at IS NULL`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE list_entries');
  }
}
