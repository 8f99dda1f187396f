import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Reads that cannot wait come before a backlog, and what is asked for during a read is not lost with its end. */
export class RankReadBacks1790000003006 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE read_backs
        ADD COLUMN is_urgent boolean NOT NULL DEFAULT false,
        -- When a read was asked for while another one ran; NULL when none was.
        ADD COLUMN asked_for_at timestamptz`);
    await runner.query('DROP INDEX read_backs_due');
    await runner.query(`
      CREATE INDEX read_backs_urgent ON read_backs (merchant_id, next_read_at)
       WHERE next_read_at IS NOT NULL AND is_urgent`);
    await runner.query(`
      CREATE INDEX read_backs_regular ON read_backs (merchant_id, next_read_at)
       WHERE next_read_at IS NOT NULL AND NOT is_urgent`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX read_backs_regular, read_backs_urgent');
    await runner.query('ALTER TABLE read_backs DROP COLUMN is_urgent, DROP COLUMN asked_for_at');
    await runner.query('CREATE INDEX read_backs_due ON read_backs (next_read_at) WHERE next_read_at IS NOT NULL');
  }
}
