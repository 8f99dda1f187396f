import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { GroupCommit, type Metrics } from '@tollgate/platform';
import { CREATE_DISPUTE_TABLES } from '../disputes/create-dispute-tables.sql.ts';
import { CREATE_FAULT_TABLES } from '../faults/create-fault-tables.sql.ts';
import { CREATE_SHOP_TABLES } from '../shop/create-shop-tables.sql.ts';
import { CREATE_WEBHOOK_TABLES } from '../webhooks/create-webhook-tables.sql.ts';
import { CREATE_TABLES } from './create-tables.sql.ts';

/** Long enough for a predecessor that is still closing the file, short enough to be told soon. */
const BUSY_TIMEOUT_MS = 2_000;

/** Statements are few and fixed but for the list's filters; the limit keeps those from piling up. */
const MAX_KEPT_STATEMENTS = 500;

/** Ids are random, so their indexes are written all over: they should fit, or every commit waits for pages. KiB. */
const CACHE_KIB = 32 * 1024;

/** A batch holds the event loop; a hundred works take a few milliseconds. */
const MAX_WORKS_PER_COMMIT = 100;
const MAX_WAITING_WORKS = 10_000;

/**
 * The emulator's memory: one SQLite file, owned by one process.
 *
 * WAL with `synchronous = NORMAL`: a commit is in the operating system's hands before the answer leaves, so a killed
 * process loses nothing; only a machine that loses power may lose the last moments, never the file's consistency.
 * (`FULL` would cost a disk flush per request for a promise that a test double need not make.)
 */
@Injectable()
export class SandboxStore implements OnApplicationShutdown {
  private readonly database: DatabaseSync;
  private readonly statements = new Map<string, StatementSync>();
  private readonly commits: GroupCommit<() => unknown, unknown>;
  private undos: (() => void)[] = [];

  /**
   * @param file path of the SQLite file, made with its folder when missing
   * @throws Error naming the file when it cannot be opened, or is another process's
   */
  constructor(file: string, metrics: Metrics) {
    this.database = openDatabase(file);
    this.commits = new GroupCommit({
      name: 'store',
      maxBatch: MAX_WORKS_PER_COMMIT,
      maxWaiting: MAX_WAITING_WORKS,
      concurrency: 1,
      run: async (works) => this.runInTransaction(() => works.map((work) => ({ ok: work() }))),
      metrics,
    });
  }

  /** The prepared form of a statement; preparing happens once for each text. */
  statement(sql: string): StatementSync {
    let statement = this.statements.get(sql);
    if (!statement) {
      if (this.statements.size >= MAX_KEPT_STATEMENTS) this.statements.clear();
      statement = this.database.prepare(sql);
      this.statements.set(sql, statement);
    }
    return statement;
  }

  /**
   * Runs `work` and resolves to its result once that is committed: all of it is stored, or, when `work` throws, none.
   * Works that arrive together share one commit, in the order of their arrival. `work` is synchronous, so nothing
   * comes between its steps; it may be run again after a neighbour has failed, so it must do nothing but read and write
   * here, or take back by `onRollback` what else it did.
   */
  async transaction<Result>(work: () => Result): Promise<Result> {
    return (await this.commits.submit(work)) as Result;
  }

  /**
   * To be called by a work that changes something in memory as well: `undo` is run should its transaction be rolled back,
   * the last one first.
   */
  onRollback(undo: () => void): void {
    this.undos.push(undo);
  }

  /** A value that belongs to the file, made by `make` the first time. */
  getOrCreateSetting(name: string, make: () => string): string {
    return this.runInTransaction(() => {
      const row = this.statement('SELECT value FROM setting WHERE name = ?').get(name) as { value: string } | undefined;
      if (row) return row.value;
      const value = make();
      this.statement('INSERT INTO setting (name, value) VALUES (?, ?)').run(name, value);
      return value;
    });
  }

  /** Sets a value that belongs to the file. Belongs into the transaction of what it tells. */
  writeSetting(name: string, value: string): void {
    this.statement(
      'INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
    ).run(name, value);
  }

  /** Empties every table but the settings, which make the file what it is. Belongs into a transaction. */
  deleteEverything(): void {
    // The latest table first: each points at earlier ones alone, so that nothing points at a row that goes. Else every row
    // of a table is looked for in all those that point at it.
    const tables = this.statement(
      `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'setting'
        ORDER BY rowid DESC`,
    ).all();
    for (const { name } of tables) this.statement(`DELETE FROM ${name as string}`).run();
  }

  /** @throws when the file cannot be read */
  assertOpen(): void {
    this.statement('SELECT 1').get();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.commits.idle();
    this.statements.clear();
    this.database.close();
  }

  private runInTransaction<Result>(work: () => Result): Result {
    this.statement('BEGIN IMMEDIATE').run();
    this.undos = [];
    try {
      const result = work();
      this.statement('COMMIT').run();
      return result;
    } catch (error) {
      if (this.database.isTransaction) this.statement('ROLLBACK').run();
      for (const undo of this.undos.toReversed()) undo();
      throw error;
    } finally {
      this.undos = [];
    }
  }
}

function openDatabase(file: string): DatabaseSync {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
    database.exec('PRAGMA locking_mode = EXCLUSIVE');
    database.exec('PRAGMA journal_mode = WAL');
    database.exec('PRAGMA synchronous = NORMAL');
    database.exec(`PRAGMA cache_size = -${CACHE_KIB}`);
    database.exec(CREATE_TABLES);
    database.exec(CREATE_DISPUTE_TABLES);
    database.exec(CREATE_FAULT_TABLES);
    database.exec(CREATE_SHOP_TABLES);
    database.exec(CREATE_WEBHOOK_TABLES);
    return database;
  } catch (cause) {
    throw new Error(`the data file ${file} cannot be opened; does another emulator use it?`, { cause });
  }
}
