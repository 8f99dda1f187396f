import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { CREATE_TABLES } from './create-tables.sql.ts';

/** Long enough for a predecessor that is still closing the file, short enough to be told soon. */
const BUSY_TIMEOUT_MS = 5_000;

/** Statements are few and fixed but for the list's filters; the limit keeps those from piling up. */
const MAX_KEPT_STATEMENTS = 500;

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

  /** @param file path of the SQLite file, made with its folder when missing; `:memory:` keeps nothing */
  constructor(file: string) {
    if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true });
    this.database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
    this.database.exec('PRAGMA locking_mode = EXCLUSIVE');
    this.database.exec('PRAGMA journal_mode = WAL');
    this.database.exec('PRAGMA synchronous = NORMAL');
    this.database.exec(CREATE_TABLES);
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
   * Runs `work` in one transaction: all of it is stored when this returns, none when it throws. `work` is synchronous,
   * so no other request runs in between and the transaction is also the emulator's only lock.
   */
  transaction<Result>(work: () => Result): Result {
    this.statement('BEGIN IMMEDIATE').run();
    try {
      const result = work();
      this.statement('COMMIT').run();
      return result;
    } catch (error) {
      this.statement('ROLLBACK').run();
      throw error;
    }
  }

  /** A value that belongs to the file, made by `make` the first time. */
  getOrCreateSetting(name: string, make: () => string): string {
    return this.transaction(() => {
      const row = this.statement('SELECT value FROM setting WHERE name = ?').get(name) as { value: string } | undefined;
      if (row) return row.value;
      const value = make();
      this.statement('INSERT INTO setting (name, value) VALUES (?, ?)').run(name, value);
      return value;
    });
  }

  /** @throws when the file cannot be read */
  assertOpen(): void {
    this.statement('SELECT 1').get();
  }

  onApplicationShutdown(): void {
    this.statements.clear();
    this.database.close();
  }
}
