import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Of each payment the instant of its newest report: an older one that comes later says nothing about its order. */
export class NoteNewestReport1765000000022 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE payment_sighting ADD COLUMN reported_as_of timestamp NOT NULL DEFAULT '-infinity'`);
    await queryRunner.query(`
      UPDATE payment_sighting
      SET reported_as_of = GREATEST((snapshot ->> 'dateUpdated')::timestamp, unpaid_as_of, '-infinity')`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE payment_sighting DROP COLUMN reported_as_of');
  }
}
