import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Payments that commands have created are found by their id, and open creates by their order. */
export class IndexCreatedPayments1765000000020 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE INDEX payment_command_created ON payment_command (merchant_id, payment_id)
        WHERE kind = 'create' AND payment_id IS NOT NULL`);
    await queryRunner.query(`
      CREATE INDEX payment_command_create_order ON payment_command (merchant_id, (request ->> 'orderId'))
        WHERE kind = 'create'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX payment_command_created, payment_command_create_order');
  }
}
