import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Attempts and their timelines. Both are kept for ever: the primary key is what makes a repeated receipt harmless. */
export class CreateAttempts1764000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE attempts (
        merchant_id text NOT NULL,
        attempt_id uuid NOT NULL,
        client_session_id text NOT NULL,
        instrument text,
        analytics_id text,
        order_id text NOT NULL,
        amount_minor numeric(19) NOT NULL CHECK (amount_minor >= 0),
        currency text NOT NULL,
        received_at timestamptz NOT NULL,
        decide_by timestamptz NOT NULL,
        approve_by timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        status text NOT NULL CHECK (status IN
          ('RECEIVED', 'IN_REVIEW', 'DECIDED', 'UNKNOWN', 'APPROVED', 'ABORTED', 'EXPIRED', 'REJECTED')),
        facts jsonb NOT NULL DEFAULT '{}',
        sightings integer NOT NULL DEFAULT 0,
        arrival bigint GENERATED ALWAYS AS IDENTITY,
        PRIMARY KEY (merchant_id, attempt_id),
        CHECK (received_at < decide_by AND decide_by < approve_by AND approve_by < expires_at)
      )`);
    // Whichever of a session's attempts came last is the one that counts.
    await runner.query(`
      CREATE INDEX attempts_by_session ON attempts (merchant_id, client_session_id, received_at, arrival)`);
    // The deadline keeper's queue: holds undecided attempts only, so it stays as small as what is under way.
    await runner.query(`
      CREATE INDEX attempts_undecided ON attempts (decide_by) WHERE status IN ('RECEIVED', 'IN_REVIEW')`);
    await runner.query('CREATE INDEX attempts_by_id ON attempts (attempt_id)');
    await runner.query(`
      CREATE TABLE attempt_timeline (
        merchant_id text NOT NULL,
        attempt_id uuid NOT NULL,
        entry_id text NOT NULL,
        at timestamptz NOT NULL,
        event text NOT NULL,
        detail jsonb NOT NULL,
        PRIMARY KEY (merchant_id, attempt_id, entry_id)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE attempt_timeline');
    await runner.query('DROP TABLE attempts');
  }
}
