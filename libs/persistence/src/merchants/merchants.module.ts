import { type DynamicModule, Module } from '@nestjs/common';
import { Database } from '../database.ts';
import { MerchantDirectory } from './merchant-directory.ts';
import type { MerchantSecret } from './merchants.sql.ts';
import { MERCHANTS_SCHEMA_DEFAULT } from './upsert-merchant.ts';

/** The merchants, for the whole app. Needs PersistenceModule. */
@Module({})
export class MerchantsModule {
  /**
   * @param options.secrets what this service reads beside settings and key hashes; its database role must be granted it
   */
  static forRoot(options: { masterKey: string; schema?: string; secrets?: readonly MerchantSecret[] }): DynamicModule {
    return {
      module: MerchantsModule,
      global: true,
      providers: [
        {
          provide: MerchantDirectory,
          inject: [Database],
          useFactory: (database: Database) =>
            new MerchantDirectory(database, {
              schema: options.schema ?? MERCHANTS_SCHEMA_DEFAULT,
              masterKey: options.masterKey,
              secrets: options.secrets ?? [],
            }),
        },
      ],
      exports: [MerchantDirectory],
    };
  }
}
