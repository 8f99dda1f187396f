import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A watch list, entries that end by themselves, and entries that name a person only by a keyed hash. */
export class ExtendListEntries1764000000011 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE list_entries
        ADD COLUMN expires_at timestamptz,
        DROP CONSTRAINT list_entries_list_check,
        ADD CONSTRAINT list_entries_list_check CHECK (list IN ('allow', 'block', 'watch')),
        DROP CONSTRAINT list_entries_kind_check,
        ADD CONSTRAINT list_entries_kind_check
          CHECK (kind IN ('customer', 'card', 'bin', 'country', 'email', 'ip', 'device'))`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DELETE FROM list_entries WHERE list = 'watch' OR kind IN ('email', 'ip', 'device')`);
    await queryRunner.query(`
      ALTER TABLE list_entries
        DROP COLUMN expires_at,
        DROP CONSTRAINT list_entries_list_check,
        ADD CONSTRAINT list_entries_list_check CHECK (list IN ('allow', 'block')),
        DROP CONSTRAINT list_entries_kind_check,
        ADD CONSTRAINT list_entries_kind_check CHECK (kind IN ('customer', 'card', 'bin', 'country'))`);
  }
}
