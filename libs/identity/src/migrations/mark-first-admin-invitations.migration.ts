import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which invitations are for the first admin: they are good for nothing once there is one. */
export class MarkFirstAdminInvitations1764200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE invitation ADD COLUMN for_first_admin boolean NOT NULL DEFAULT false');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE invitation DROP COLUMN for_first_admin');
  }
}
