import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Inbox (partitioned by the event's own time), outbox, and the tally of what a dying process had in hand. */
export class CreateEventTables1700000000001 implements MigrationInterface {
  readonly name = 'CreateEventTables1700000000001';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE inbox (
        consumer text NOT NULL,
        source text NOT NULL,
        event_id text NOT NULL,
        event_time timestamptz NOT NULL,
        digest bytea NOT NULL,
        status text NOT NULL CHECK (status IN ('done', 'dead')),
        PRIMARY KEY (consumer, source, event_id, event_time)
      ) PARTITION BY RANGE (event_time)`);
    await queryRunner.query(`
      CREATE TABLE outbox (
        id uuid PRIMARY KEY,
        topic text NOT NULL,
        key text,
        headers text NOT NULL,
        value text,
        value_bytes bytea,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        available_at timestamptz NOT NULL
      ) WITH (
        autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000,
        autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 20000
      )`);
    await queryRunner.query(`
      CREATE TABLE in_hand (
        consumer text NOT NULL,
        topic text NOT NULL,
        partition integer NOT NULL,
        first_offset bigint NOT NULL,
        last_offset bigint NOT NULL,
        isolate_until bigint NOT NULL,
        tries integer NOT NULL,
        PRIMARY KEY (consumer, topic, partition)
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE in_hand, outbox, inbox');
  }
}
