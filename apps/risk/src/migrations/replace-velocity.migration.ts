import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What attempts have in common (a card, a customer, an e-mail address, …), one row for each, with its newest attempts;
 * the older ones lie in blocks. It replaces counters of customers and cards alone. Those are not carried over: their
 * windows, ten minutes as shipped and a day at most, begin anew.
 */
export class ReplaceVelocity1764000000010 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE velocity_buckets');
    await queryRunner.query('DROP TABLE velocity_subjects');
    await queryRunner.query(`
      CREATE TABLE subjects (
        -- A hash of merchant, kind and value: see subject-key.policy.ts.
        key uuid PRIMARY KEY,
        kind text NOT NULL,
        first_seen_ms float8 NOT NULL,
        -- Packed: see counted-entry.policy.ts. Instants are exact to the millisecond.
        recent bytea NOT NULL,
        -- How many attempts lie in velocity_blocks.
        sealed bigint NOT NULL CHECK (sealed >= 0),
        -- A day, not an instant: the index on it then stays out of the way of every update but one a day.
        seen_on date NOT NULL
      ) WITH (fillfactor = 70)`);
    await queryRunner.query('CREATE INDEX subjects_seen_on ON subjects (seen_on)');
    await queryRunner.query(`
      CREATE TABLE velocity_blocks (
        key uuid NOT NULL,
        last_ms float8 NOT NULL,
        first_ms float8 NOT NULL CHECK (first_ms <= last_ms),
        currency text NOT NULL,
        attempts integer NOT NULL CHECK (attempts > 0),
        amount_minor numeric NOT NULL CHECK (amount_minor >= 0),
        entries bytea NOT NULL,
        -- By the database's clock and never updated: what a backlog of old events writes must live as long as any other.
        written_at timestamptz NOT NULL DEFAULT now()
      ) WITH (toast_tuple_target = 128)`);
    // Most windows sum blocks and look into two: entries are kept out of the way of the sums.
    await queryRunner.query('ALTER TABLE velocity_blocks ALTER COLUMN entries SET STORAGE EXTERNAL');
    await queryRunner.query('CREATE INDEX velocity_blocks_by_key ON velocity_blocks (key, last_ms)');
    await queryRunner.query('CREATE INDEX velocity_blocks_written_at ON velocity_blocks (written_at)');
    await queryRunner.query(`
      CREATE TABLE velocity_values (
        key uuid NOT NULL,
        of_kind text NOT NULL,
        -- Packed: see seen-values.policy.ts.
        seen bytea NOT NULL,
        seen_on date NOT NULL,
        PRIMARY KEY (key, of_kind)
      ) WITH (fillfactor = 70)`);
    await queryRunner.query('CREATE INDEX velocity_values_seen_on ON velocity_values (seen_on)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of ['velocity_values', 'velocity_blocks', 'subjects'])
      await queryRunner.query(`DROP TABLE ${table}`);
  }
}
