import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What sets in the shadow would have decided, and a way to the decisions of a range of time. */
export class CreateShadowDecisions1764000000021 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE shadow_decisions (
        -- No foreign key: its check for each row would be the dearest part of the insert, and sets are never deleted.
        rule_set_id bigint NOT NULL,
        attempt_id uuid NOT NULL,
        merchant_id text NOT NULL,
        decision text NOT NULL CHECK (decision IN ('APPROVE', 'ABORT', 'REVIEW')),
        reason text NOT NULL,
        score integer NOT NULL,
        hits jsonb NOT NULL,
        decided_at timestamptz NOT NULL,
        PRIMARY KEY (rule_set_id, attempt_id, merchant_id)
      )`);
    // Rows come in the order of time, so that a summary of each block is enough, and next to nothing to keep.
    await queryRunner.query('CREATE INDEX decisions_decided_at ON decisions USING brin (decided_at)');
    await queryRunner.query('CREATE INDEX shadow_decisions_decided_at ON shadow_decisions USING brin (decided_at)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX decisions_decided_at');
    await queryRunner.query('DROP TABLE shadow_decisions');
  }
}
