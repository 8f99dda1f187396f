import { type DynamicModule, Module, Optional } from '@nestjs/common';
import { Metrics, Readiness } from '@tollgate/platform';
import { DataSource } from 'typeorm';
import type { DatabaseOptions } from './data-source.ts';
import { Database } from './database.ts';

/**
 * A service's one database, for the whole app. Migrations have run before anything that injects {@link Database} is
 * made; the pool closes last, after HTTP and the consumers have ended. Readiness asks the database itself.
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

  constructor(database: Database, @Optional() readiness?: Readiness, @Optional() metrics?: Metrics) {
    readiness?.register('database', () => database.assertReachable());
    metrics?.gauge({
      name: 'database_connections',
      help: 'Connections of the pool, and callers that wait for one',
      labelNames: ['state'],
      collect() {
        for (const [state, count] of Object.entries(database.connectionCounts())) {
          this.set({ state }, count);
        }
      },
    });
  }
}
