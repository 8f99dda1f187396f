import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KnownError } from '@tollgate/contracts';
import { eventually, testDatabase } from '@tollgate/testing';
import { Database, isUniqueViolation, sql, type Transaction } from '@tollgate/persistence';
import { BreakableLink } from './breakable-link.ts';

const insertNumber = sql('test-insert-number', 'INSERT INTO numbers (n) VALUES ($1)');
const selectNumbers = sql('test-select-numbers', 'SELECT n FROM numbers ORDER BY n');
const lockNumber = sql('test-lock-number', 'SELECT n FROM numbers WHERE n = $1 FOR UPDATE NOWAIT');
const sleep = sql('test-sleep', 'SELECT pg_sleep($1)');
const ownPid = sql('test-own-pid', 'SELECT pg_backend_pid() AS pid');
const settings = sql(
  'test-settings',
  `SELECT current_setting('search_path') AS "searchPath", current_setting('application_name') AS name,
          current_setting('statement_timeout') AS statement, current_setting('lock_timeout') AS lock,
          current_setting('idle_in_transaction_session_timeout') AS idle`,
);
const typed = sql(
  'test-types',
  `SELECT 9007199254740993::int8 AS int8, ARRAY[1, NULL]::int8[] AS int8s, '2026-11-21'::date AS day,
          '2026-11-21T01:02:03.004Z'::timestamptz AS at, '{"a":1}'::jsonb AS json`,
);
const echo = sql('test-echo', 'SELECT $1::int8[] AS int8s, $2::timestamptz[] AS times, $3::jsonb AS json');

const test = await testDatabase(import.meta.url);
let database: Database;
let link: BreakableLink;

beforeAll(async () => {
  await test.query('CREATE TABLE numbers (n int8 PRIMARY KEY)');
  const opened = await BreakableLink.open(test.url);
  link = opened.link;
  database = await Database.open({ service: 'numbers', databaseUrl: opened.url, schema: test.schema, poolSize: 4 });
});

afterAll(async () => {
  await database.close();
  await link.close();
});

async function numbers(): Promise<bigint[]> {
  return (await test.query<{ n: bigint }>('SELECT n FROM numbers ORDER BY n')).map((row) => row.n);
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
}

describe('a connection', () => {
  it('starts in its own schema, named, with every limit below the session time-out of a consumer', async () => {
    expect(await database.query(settings)).toEqual([
      { searchPath: test.schema, name: 'tollgate-numbers', statement: '5s', lock: '3s', idle: '5s' },
    ]);
  });

  it('reads int8 as bigint without loss, instants as Date and days as their text', async () => {
    expect(await database.query(typed)).toEqual([
      {
        int8: 9007199254740993n,
        int8s: [1n, null],
        day: '2026-11-21',
        at: new Date('2026-11-21T01:02:03.004Z'),
        json: { a: 1 },
      },
    ]);
  });

  it('takes arrays of bigint and Date as parameters', async () => {
    const at = new Date('2026-01-02T03:04:05.678Z');
    const [row] = await database.query<{ int8s: bigint[]; times: Date[] }>(echo, [
      [2n ** 62n, -1n],
      [at],
      JSON.stringify({ a: [1] }),
    ]);
    expect(row).toEqual({ int8s: [2n ** 62n, -1n], times: [at], json: { a: [1] } });
  });

  it('tells the time of the database', async () => {
    const before = await database.now();
    const after = await database.now();
    expect(before).toBeInstanceOf(Date);
    expect(after.getTime()).toBeGreaterThanOrEqual(before.getTime());
  });
});

describe('a transaction', () => {
  it('commits what its work wrote and returns what its work returned', async () => {
    const answer = await database.transaction(async (transaction) => {
      await transaction.query(insertNumber, [1n]);
      return transaction.query<{ n: bigint }>(selectNumbers);
    });
    expect(answer).toEqual([{ n: 1n }]);
    expect(await numbers()).toContain(1n);
  });

  it('leaves nothing behind when its work throws, and throws the same error', async () => {
    const reason = new Error('changed my mind');
    const failure = await failureOf(
      database.transaction(async (transaction) => {
        await transaction.query(insertNumber, [2n]);
        throw reason;
      }),
    );
    expect(failure).toBe(reason);
    expect(await numbers()).not.toContain(2n);
  });

  it('commits the statement that travels with COMMIT', async () => {
    await database.transaction(async (transaction) => {
      await transaction.query(insertNumber, [201n]);
      transaction.queryWithCommit(insertNumber, [202n]);
    });
    expect(await numbers()).toEqual(expect.arrayContaining([201n, 202n]));
  });

  it('commits nothing when the statement that travels with COMMIT fails, throws its error, and goes on', async () => {
    const failure = await failureOf(
      database.transaction(async (transaction) => {
        await transaction.query(insertNumber, [203n]);
        transaction.queryWithCommit(insertNumber, [203n]);
      }),
    );
    expect(isUniqueViolation(failure)).toBe(true);
    expect(await numbers()).not.toContain(203n);
    expect(await Promise.all(Array.from({ length: 8 }, () => database.query(ownPid)))).toHaveLength(8);
    expect(database.connectionCounts().waiting).toBe(0);
  });

  it('runs texts that cannot be prepared in the same transaction', async () => {
    await failureOf(
      database.transaction(async (transaction) => {
        await transaction.execute('CREATE TABLE made_in_vain (n int8)');
        throw new Error('roll back');
      }),
    );
    expect(await test.query(`SELECT to_regclass('made_in_vain') AS name`)).toEqual([{ name: null }]);
  });

  it('has one last statement: a second is refused, and nothing is committed', async () => {
    const failure = await failureOf(
      database.transaction((transaction) => {
        transaction.queryWithCommit(insertNumber, [204n]);
        transaction.queryWithCommit(insertNumber, [205n]);
        return Promise.resolve();
      }),
    );
    expect(String(failure)).toContain('test-insert-number is too much');
    expect(await numbers()).not.toContain(204n);
  });

  it('fails with what failed first, not with what was refused in its wake', async () => {
    const failure = await failureOf(
      database.transaction(async (transaction) => {
        const [first, second] = [transaction.query(insertNumber, [1n]), transaction.query(selectNumbers)];
        first.catch(() => undefined);
        await second;
      }),
    );
    expect(isUniqueViolation(failure)).toBe(true);
  });

  it('refuses a statement that comes when it is over, instead of running it on its own', async () => {
    const kept: Transaction[] = [];
    const failed = database.transaction((transaction) => {
      kept.push(transaction);
      return Promise.reject(new Error('changed my mind'));
    });
    await failureOf(failed);
    expect(await failureOf(kept[0]!.query(insertNumber, [303n]))).toEqual(new Error('The transaction is over'));
    expect(await numbers()).not.toContain(303n);
  });

  it('carries out statements that were issued together in their order', async () => {
    const [, read] = await database.transaction((transaction) =>
      Promise.all([
        transaction.query(insertNumber, [301n]),
        transaction.query<{ n: bigint }>(selectNumbers),
        transaction.query(insertNumber, [302n]),
      ]),
    );
    expect(read).toContainEqual({ n: 301n });
    expect(read).not.toContainEqual({ n: 302n });
    expect(await numbers()).toEqual(expect.arrayContaining([301n, 302n]));
  });

  it('throws a unique violation as PostgreSQL made it, so that the caller can tell what it means', async () => {
    await database.query(insertNumber, [5n]);
    const failure = await failureOf(database.transaction((transaction) => transaction.query(insertNumber, [5n])));
    expect(failure).not.toBeInstanceOf(KnownError);
    expect(isUniqueViolation(failure, 'numbers_pkey')).toBe(true);
    expect(isUniqueViolation(failure, 'another_constraint')).toBe(false);
  });

  it('does not pass for committed when its work swallowed a failed statement', async () => {
    const failure = await failureOf(
      database.transaction(async (transaction) => {
        await transaction.query(insertNumber, [6n]);
        await transaction.query(insertNumber, [6n]).catch(() => undefined);
      }),
    );
    expect((failure as Error).message).toContain('swallowed');
    expect(await numbers()).not.toContain(6n);
  });

  it('asks for another try when somebody else holds the lock, or a statement takes too long', async () => {
    await database.query(insertNumber, [7n]);
    const other = await Database.connect({ service: 'other', databaseUrl: test.url, schema: test.schema, poolSize: 1 });
    const locked = await other.transaction(async (holder) => {
      await holder.query(lockNumber, [7n]);
      return failureOf(database.query(lockNumber, [7n]));
    });
    await other.close();
    expect(locked).toMatchObject({ code: 'DATABASE_CONFLICT', retriable: true });
    expect(await failureOf(database.query(sleep, [30]))).toMatchObject({ code: 'DATABASE_CONFLICT', retriable: true });
  }, 20_000);

  it('is over when its process sits idle in it for longer than the limit', async () => {
    const failure = await failureOf(
      database.transaction(async (transaction) => {
        await transaction.query(insertNumber, [8n]);
        const [{ pid }] = (await transaction.query<{ pid: number }>(ownPid)) as [{ pid: number }];
        await eventually(async () => {
          expect(await test.query('SELECT 1 FROM pg_stat_activity WHERE pid = $1', [pid])).toEqual([]);
        });
        await transaction.query(insertNumber, [9n]);
      }),
    );
    expect(failure).toMatchObject({ code: 'DATABASE_UNAVAILABLE', retriable: true });
    expect(await numbers()).not.toContain(8n);
  }, 20_000);
});

describe('a database that goes away', () => {
  it('says so, keeps the process alive, and serves again when it is back', async () => {
    await database.query(ownPid);
    link.cut();
    expect(await failureOf(database.query(ownPid))).toMatchObject({ code: 'DATABASE_UNAVAILABLE', retriable: true });
    link.mend();
    await eventually(() => database.assertReachable());
  });

  it('breaks a transaction in hand with a retriable error', async () => {
    const failure = await failureOf(
      database.transaction(async (transaction) => {
        await transaction.query(insertNumber, [10n]);
        link.cut();
        await transaction.query(insertNumber, [11n]);
      }),
    );
    expect(failure).toMatchObject({ code: 'DATABASE_UNAVAILABLE', retriable: true });
    link.mend();
    await eventually(() => database.assertReachable());
    expect(await numbers()).not.toContain(10n);
  });

  it('says that a COMMIT without an answer is unknown, and retriable, though it happened', async () => {
    const failure = await failureOf(
      database.transaction(async (transaction) => {
        await transaction.query(insertNumber, [12n]);
        link.cutBeforeAnswerTo('COMMIT');
      }),
    );
    expect(failure).toMatchObject({ code: 'DATABASE_UNAVAILABLE', retriable: true });
    expect((failure as Error).message).toContain('not known');
    link.mend();
    await eventually(async () => expect(await numbers()).toContain(12n));
    await eventually(() => database.assertReachable());
  });

  it('survives an administrator ending every idle session', async () => {
    await Promise.all([1, 2, 3].map(() => database.query(ownPid)));
    await test.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE application_name = 'tollgate-numbers' AND pid <> pg_backend_pid()`,
    );
    await eventually(() => database.assertReachable());
  });

  it('never runs out of connections by failures', async () => {
    for (let i = 0; i < 20; i++) {
      await failureOf(database.transaction((transaction) => transaction.query(insertNumber, ['not a number'])));
    }
    link.cut();
    await Promise.all([1, 2, 3, 4, 5, 6].map(() => failureOf(database.query(ownPid))));
    link.mend();
    await eventually(() => Promise.all([1, 2, 3, 4].map(() => database.query(sleep, [0.05]))));
  });
});

it('refuses two statements of one name, for the server would run the older one', () => {
  expect(() => sql('test-echo', 'SELECT 2')).toThrow('Two statements are called "test-echo"');
});
