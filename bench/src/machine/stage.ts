import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';

import { isAlive, readPid, startKafka, startPostgres } from '@tollgate/backends';
import type { RunningKafka, RunningPostgres } from '@tollgate/backends';
import { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';

import type { ColumnPlace } from '../columns/column.types.ts';
import { StubProvider } from '../provider/stub-provider.ts';

const FOLDER = path.resolve(import.meta.dirname, '../../../.tollgate/bench');

/** What every column shares: PostgreSQL (fsync on), the broker, both as `npm start` runs them, and the stub provider. */
export class Stage {
  private places = 0;

  private constructor(
    readonly folder: string,
    private readonly postgres: RunningPostgres,
    private readonly kafka: RunningKafka,
    readonly provider: StubProvider,
  ) {}

  static async open(): Promise<Stage> {
    removeAbandonedFolders();
    const folder = path.join(FOLDER, String(process.pid));
    mkdirSync(folder, { recursive: true });
    const [postgres, kafka] = await Promise.all([
      startPostgres({ ...ownOptions(folder, 'postgres'), durable: true, ephemeral: true }),
      startKafka({ ...ownOptions(folder, 'kafka'), ephemeral: true }),
    ]);
    return new Stage(folder, postgres, kafka, await StubProvider.start());
  }

  get postgresPid(): number {
    return readPid(path.join(this.folder, 'postgres.pid')) ?? 0;
  }

  get kafkaPid(): number {
    return readPid(path.join(this.folder, 'kafka.pid')) ?? 0;
  }

  /** A new database and topics for a round, so that all rounds begin alike. */
  async openPlace(name: string): Promise<ColumnPlace> {
    this.places += 1;
    const database = `bench_${this.places}_${name}`;
    await this.query(`CREATE DATABASE ${database}`);
    const url = new URL(this.postgres.url);
    url.pathname = `/${database}`;
    return {
      databaseUrl: url.toString(),
      brokers: this.kafka.brokers,
      topicPrefix: `bench-${this.places}-${name}`,
      providerUrl: this.provider.url,
      folder: this.folder,
    };
  }

  /** Removes a place's database and topics. */
  async closePlace(place: ColumnPlace): Promise<void> {
    await this.query(`DROP DATABASE ${new URL(place.databaseUrl).pathname.slice(1)} WITH (FORCE)`);
    const admin = new Kafka({ brokers: [this.kafka.brokers], logLevel: logLevel.ERROR }).admin();
    await admin.connect();
    const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(`${place.topicPrefix}.`));
    await admin.deleteTopics({ topics });
    await admin.disconnect();
  }

  /** Everything written so far is on disk afterwards, and no round pays for the one before. */
  async checkpoint(): Promise<void> {
    await this.query('CHECKPOINT');
  }

  /** Stops everything and removes the folder. */
  async close(): Promise<void> {
    await this.provider.stop();
    await Promise.all([this.postgres.stop(), this.kafka.stop()]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async query(statement: string): Promise<void> {
    const client = new pg.Client({ connectionString: this.postgres.url });
    await client.connect();
    await client.query(statement);
    await client.end();
  }
}

/** What a benchmark that was killed could not remove: folders are named by their process. */
function removeAbandonedFolders(): void {
  if (!existsSync(FOLDER)) return;
  const abandoned = readdirSync(FOLDER).filter((name) => /^\d+$/.test(name) && !isAlive(Number(name)));
  for (const name of abandoned) rmSync(path.join(FOLDER, name), { recursive: true, force: true });
}

function ownOptions(folder: string, name: string): { dataDir: string; logFile: string; pidFile: string } {
  return {
    dataDir: path.join(folder, name),
    logFile: path.join(folder, `${name}.log`),
    pidFile: path.join(folder, `${name}.pid`),
  };
}
