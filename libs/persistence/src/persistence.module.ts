import { type DynamicModule, Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { DatabaseOptions } from './data-source.ts';
import { Database } from './database.ts';

/**
 * A service's one database, for the whole app. Migrations have run before anything that injects {@link Database} is
 * made; the pool closes last, after HTTP and the consumers have ended.
 */
@Module({})
export class PersistenceModule {
  static forRoot(options: DatabaseOptions): DynamicModule {
    return {
      module: PersistenceModule,
      global: true,
      providers: [
        { provide: Database, useFactory: () => Database.open(options) },
        { provide: DataSource, useFactory: (database: Database) => database.dataSource, inject: [Database] },
      ],
      exports: [Database, DataSource],
    };
  }
}
