import { type DynamicModule, Module } from '@nestjs/common';
import { Database, MerchantDirectory } from '@tollgate/persistence';
import { API_KEY_LOOKUP } from '@tollgate/platform';
import { IDENTITY_SCHEMA_DEFAULT, IdentityDatabase } from '../identity-database.ts';
import { IdentityLookup } from './identity-lookup.ts';
import { PeopleDirectory } from './people-directory.ts';

/** Whose keys and sessions are whose, for the whole app. Needs PersistenceModule and MerchantsModule. */
@Module({})
export class IdentityModule {
  static forRoot(options: { schema?: string } = {}): DynamicModule {
    return {
      module: IdentityModule,
      global: true,
      providers: [
        {
          provide: IdentityDatabase,
          inject: [Database],
          useFactory: (database: Database) => new IdentityDatabase(database, options.schema ?? IDENTITY_SCHEMA_DEFAULT),
        },
        {
          provide: PeopleDirectory,
          inject: [IdentityDatabase],
          useFactory: (database: IdentityDatabase) => new PeopleDirectory(database),
        },
        {
          provide: API_KEY_LOOKUP,
          inject: [IdentityDatabase, MerchantDirectory],
          useFactory: (database: IdentityDatabase, merchants: MerchantDirectory) =>
            new IdentityLookup(database, merchants),
        },
      ],
      exports: [IdentityDatabase, PeopleDirectory],
    };
  }
}
