import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When the deadline keeper has asked again about a decision of which nothing was heard: once for each attempt. */
export class FollowUpDecisions1764000001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE attempts ADD COLUMN followed_up_at timestamptz');
    // Holds what is between its decision and its outcome only, so it stays as small as what is under way.
    await runner.query(`
      CREATE INDEX attempts_unanswered ON attempts (approve_by)
       WHERE status = 'DECIDED' AND followed_up_at IS NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX attempts_unanswered');
    await runner.query('ALTER TABLE attempts DROP COLUMN followed_up_at');
  }
}
