import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Counters by customer and card: one row to lock for each subject, one bucket for each of its seconds with attempts. */
export class CreateVelocity1764000000001 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE velocity_subjects (
        merchant_id text COLLATE "C" NOT NULL,
        kind text COLLATE "C" NOT NULL,
        subject text COLLATE "C" NOT NULL,
        -- A day, not an instant: the index on it then stays out of the way of every update but one a day.
        seen_on date NOT NULL,
        PRIMARY KEY (merchant_id, kind, subject)
      ) WITH (fillfactor = 70)`);
    await queryRunner.query('CREATE INDEX velocity_subjects_seen_on ON velocity_subjects (seen_on)');
    await queryRunner.query(`
      CREATE TABLE velocity_buckets (
        merchant_id text COLLATE "C" NOT NULL,
        kind text COLLATE "C" NOT NULL,
        subject text COLLATE "C" NOT NULL,
        second bigint NOT NULL,
        attempts integer NOT NULL CHECK (attempts > 0),
        -- Milliseconds within the second, one for each attempt: windows are exact at their edges.
        offsets_ms smallint[] NOT NULL CHECK (cardinality(offsets_ms) = attempts),
        -- By the database's clock and never updated: what a backlog of old events writes must live as long as any other.
        written_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (merchant_id, kind, subject, second)
      ) WITH (fillfactor = 70)`);
    await queryRunner.query('CREATE INDEX velocity_buckets_written_at ON velocity_buckets (written_at)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE velocity_buckets');
    await queryRunner.query('DROP TABLE velocity_subjects');
  }
}
