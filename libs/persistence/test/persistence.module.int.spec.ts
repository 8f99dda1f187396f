import { expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  Database,
  hashBearerKey,
  MerchantDirectory,
  MerchantsModule,
  PersistenceModule,
  prepareDatabase,
  upsertMerchant,
} from '@tollgate/persistence';
import { Metrics, PlatformModule, Readiness } from '@tollgate/platform';
import { testDatabase } from '@tollgate/testing';
import { DataSource } from 'typeorm';

const test = await testDatabase(import.meta.url);
const masterKey = Buffer.alloc(32, 5).toString('base64');
const merchantsSchema = `${test.schema}_merchants`;

it('gives an app its database, its readiness check, its gauge and the merchants, and closes the pool last', async () => {
  const urls = await prepareDatabase({
    adminUrl: test.url,
    masterKey,
    merchantsSchema,
    rolePrefix: test.schema,
    services: [{ service: 'shop', schema: `${test.schema}_shop` }],
  });
  const merchant = { merchantId: 'm', intakeApiKey: 'key', primerApiKey: 'p', webhookSecret: 'w' };
  await upsertMerchant({ adminUrl: test.url, masterKey, merchantsSchema, merchant });

  @Module({
    imports: [
      PlatformModule.forRoot({
        service: 'shop',
        settings: { HOST: '127.0.0.1', LOG_LEVEL: 'silent', TOLLGATE_OPERATOR_TOKEN: 'operator-token-of-the-test' },
      }),
      PersistenceModule.forRoot({ service: 'shop', databaseUrl: urls['shop'], schema: `${test.schema}_shop` }),
      MerchantsModule.forRoot({ masterKey, schema: merchantsSchema }),
    ],
  })
  class ShopModule {}

  const app = await Test.createTestingModule({ imports: [ShopModule] }).compile();
  await app.init();
  expect(app.get(DataSource)).toBe(app.get(Database).dataSource);
  expect((await app.get(Readiness).report()).checks).toEqual({ database: 'up' });
  expect(await app.get(Metrics).toText()).toContain('database_connections{state="open"');
  expect(await app.get(MerchantDirectory).findPrincipal(hashBearerKey('key'))).toMatchObject({ merchantId: 'm' });
  await app.close();
  expect(app.get(DataSource).isInitialized).toBe(false);
});
