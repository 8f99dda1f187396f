import { describe, expect, it } from '@jest/globals';
import { Database } from '@tollgate/persistence';
import { testDatabase } from '@tollgate/testing';
import type { MigrationInterface, QueryRunner } from 'typeorm';

class CreateShelves1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Long enough for another instance to arrive in the middle.
    await runner.query('SELECT pg_sleep(0.2)');
    await runner.query('CREATE TABLE shelves (id int PRIMARY KEY)');
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE shelves');
  }
}

class CreateBooks1700000000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE books (id int PRIMARY KEY, shelf int REFERENCES shelves (id))');
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE books');
  }
}

class BreakHalfWay1700000000003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE half_made (id int)');
    await runner.query('SELECT 1 / 0');
  }
  async down(): Promise<void> {}
}

const migrations = [CreateBooks1700000000002, CreateShelves1700000000001];

const test = await testDatabase(import.meta.url);

describe('migrations', () => {
  const open = (more: (typeof BreakHalfWay1700000000003)[] = []): Promise<Database> =>
    Database.open({
      service: 'shelves',
      databaseUrl: test.url,
      schema: test.schema,
      migrations: [...migrations, ...more],
      poolSize: 2,
    });

  it('run once, in order, when four instances start at the same time', async () => {
    const instances = await Promise.all([open(), open(), open(), open()]);
    await Promise.all(instances.map((database) => database.close()));
    expect(await test.query('SELECT name FROM migrations ORDER BY id')).toEqual([
      { name: 'CreateShelves1700000000001' },
      { name: 'CreateBooks1700000000002' },
    ]);
  });

  it('run again without effect', async () => {
    const database = await open();
    await database.close();
    expect(await test.query('SELECT count(*) AS count FROM migrations')).toEqual([{ count: 2n }]);
  });

  it('leave nothing of a failed one behind and free their lock', async () => {
    await expect(open([BreakHalfWay1700000000003])).rejects.toThrow('division by zero');
    expect(await test.query(`SELECT to_regclass('half_made') AS made`)).toEqual([{ made: null }]);
    const database = await open();
    await database.close();
  });

  it('make a schema that is not there yet', async () => {
    await test.query(`DROP SCHEMA ${test.schema} CASCADE`);
    const instances = await Promise.all([open(), open()]);
    await Promise.all(instances.map((database) => database.close()));
    expect(await test.query(`SELECT to_regclass($1)::text AS books`, [`${test.schema}.books`])).not.toEqual([
      { books: null },
    ]);
  });
});
