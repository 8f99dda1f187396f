import type { KeyObject } from 'node:crypto';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  Database,
  hashBearerKey,
  MerchantDirectory,
  type MerchantInput,
  type MerchantSecret,
  prepareDatabase,
  upsertMerchant,
} from '@tollgate/persistence';
import { eventually, testDatabase } from '@tollgate/testing';

const test = await testDatabase(import.meta.url);
const masterKey = Buffer.alloc(32, 3).toString('base64');
const merchantsSchema = `${test.schema}_merchants`;
const shop: MerchantInput = {
  merchantId: 'shop-1',
  name: 'First shop',
  settings: { ordersMayPayTwice: true, deadlineApproveMaxMinor: { EUR: '5000' } },
  intakeApiKey: 'intake-key-1',
  primerApiKey: 'primer-key-1',
  webhookSecret: 'webhook-secret-1',
};
const databases: Database[] = [];

beforeAll(async () => {
  await prepareDatabase({
    adminUrl: test.url,
    masterKey,
    merchantsSchema,
    rolePrefix: test.schema,
    services: ['intake', 'gateway', 'ledger'].map((service) => ({ service, schema: `${test.schema}_${service}` })),
  });
  await upsert(shop);
});

afterAll(async () => {
  await Promise.all(databases.map((database) => database.close()));
});

function upsert(merchant: MerchantInput): Promise<void> {
  return upsertMerchant({ adminUrl: test.url, masterKey, merchantsSchema, merchant });
}

async function directoryOf(
  service: 'intake' | 'gateway' | 'ledger',
  secrets: MerchantSecret[] = [],
  key = masterKey,
): Promise<MerchantDirectory> {
  const urls = await prepareDatabase({
    adminUrl: test.url,
    masterKey,
    merchantsSchema,
    rolePrefix: test.schema,
    services: [{ service, schema: `${test.schema}_${service}` }],
  });
  const database = await Database.open({
    service,
    databaseUrl: urls[service],
    schema: `${test.schema}_${service}`,
    poolSize: 2,
  });
  databases.push(database);
  return new MerchantDirectory(database, { schema: merchantsSchema, masterKey: key, secrets });
}

/** Keys are equal to each other in the eyes of a matcher, so their texts are compared. */
async function secretsOf(directory: MerchantDirectory): Promise<Record<string, string>> {
  const secrets = Object.entries(await directory.webhookSecrets('shop-1')) as Array<[string, KeyObject]>;
  return Object.fromEntries(secrets.map(([name, secret]) => [name, secret.export().toString()]));
}

describe('the directory of merchants', () => {
  it('is refused with a key at Primer that no header can carry, and the key is not shown', async () => {
    const wrong = upsert({ ...shop, primerApiKey: 'pasted-with-a-line-break\n' });
    await expect(wrong).rejects.toThrow(/^The Primer API key of merchant shop-1 cannot be sent in a header/);
    await expect(wrong).rejects.not.toThrow(/pasted/);
  });

  it('knows a merchant by the hash of its key, and nobody by another one', async () => {
    const directory = await directoryOf('intake');
    expect(await directory.findPrincipal(hashBearerKey('intake-key-1'))).toEqual({
      kind: 'merchant',
      merchantId: 'shop-1',
      scopes: ['attempts:write', 'attempts:read', 'payments:write', 'approvals:read', 'approvals:write'],
    });
    expect(await directory.findPrincipal(hashBearerKey('guess'))).toBeUndefined();
  });

  it('gives settings with their defaults', async () => {
    const directory = await directoryOf('intake');
    expect(await directory.get('shop-1')).toEqual({
      merchantId: 'shop-1',
      name: 'First shop',
      settings: {
        ordersMayPayTwice: true,
        deadlineApproveMaxMinor: { EUR: '5000' },
        cancelPaidAgainstAbort: false,
        approvalQuorum: [],
        commandLimits: {},
      },
    });
    expect(await directory.find('shop-2')).toBeUndefined();
    await expect(directory.get('shop-2')).rejects.toMatchObject({ code: 'MERCHANT_NOT_FOUND' });
  });

  it('leaves out of the list whoever has settings that nobody can read, and lists the others', async () => {
    await upsert({ ...shop, merchantId: 'shop-0', intakeApiKey: 'intake-key-0', settings: {} });
    await test.query(
      `UPDATE ${merchantsSchema}.merchants SET settings = '{"ordersMayPayTwice":7}' WHERE name = 'First shop' AND merchant_id = 'shop-0'`,
    );
    const directory = await directoryOf('intake');
    expect((await directory.list()).map(({ merchantId }) => merchantId)).toEqual(['shop-1']);
    expect(await directory.listIds()).toEqual(['shop-0', 'shop-1']);
    await expect(directory.get('shop-0')).rejects.toThrow('ordersMayPayTwice');
    await test.query(`DELETE FROM ${merchantsSchema}.merchants WHERE merchant_id = 'shop-0'`);
  });

  it('opens the secrets a service is granted, and only those', async () => {
    const gateway = await directoryOf('gateway', ['primerApiKey']);
    expect(await gateway.primerApiKey('shop-1')).toBe('primer-key-1');
    await expect(gateway.webhookSecrets('shop-1')).rejects.toThrow('did not ask for that secret');
    const ledger = await directoryOf('ledger', ['primerApiKey', 'webhookSecrets']);
    expect(await secretsOf(ledger)).toEqual({ primary: 'webhook-secret-1' });
    const curious = await directoryOf('intake', ['primerApiKey']);
    await expect(curious.primerApiKey('shop-1')).rejects.toMatchObject({ code: '42501' });
  });

  it('does not open secrets under another master key', async () => {
    const other = await directoryOf('gateway', ['primerApiKey'], Buffer.alloc(32, 9).toString('base64'));
    await expect(other.primerApiKey('shop-1')).rejects.toThrow('does not open');
  });

  it('shows no secret to a log, however often it was opened', async () => {
    const ledger = await directoryOf('ledger', ['primerApiKey', 'webhookSecrets']);
    await ledger.primerApiKey('shop-1');
    const written = inspect([ledger, await ledger.webhookSecrets('shop-1')], { depth: 9, showHidden: true });
    expect(written + JSON.stringify([ledger, await ledger.webhookSecrets('shop-1')])).not.toMatch(/key-1|secret-1/);
  });

  it('stores no secret in the clear', async () => {
    const rows = JSON.stringify(await test.query(`SELECT m::text AS row FROM ${merchantsSchema}.merchants m`));
    for (const secret of [shop.intakeApiKey, shop.primerApiKey, shop.webhookSecret]) {
      expect(rows).not.toContain(secret);
    }
  });

  it('accepts the older webhook secret until its time is over', async () => {
    const ledger = await directoryOf('ledger', ['webhookSecrets']);
    const rolled = (until: Date) =>
      upsert({ ...shop, webhookSecret: 'new', webhookSecretSecondary: { secret: 'old', until } });
    await rolled(new Date(Date.now() + 60_000));
    await eventually(async () => {
      expect(await secretsOf(ledger)).toEqual({ primary: 'new', secondary: 'old' });
    });
    await rolled(new Date(Date.now() - 1));
    await eventually(async () => expect(await secretsOf(ledger)).toEqual({ primary: 'new' }));
  });

  it('keeps stored settings when a merchant is written without any, and takes a changed key', async () => {
    const directory = await directoryOf('intake');
    const { settings: _, ...rest } = shop;
    await upsert({ ...rest, intakeApiKey: 'intake-key-1b' });
    expect((await directory.get('shop-1')).settings.ordersMayPayTwice).toBe(true);
    expect(await directory.findPrincipal(hashBearerKey('intake-key-1b'))).toBeDefined();
    expect(await directory.findPrincipal(hashBearerKey('intake-key-1'))).toBeUndefined();
  });

  it('refuses the key of another merchant', async () => {
    const second = { ...shop, merchantId: 'shop-2', intakeApiKey: 'intake-key-2' };
    await upsert(second);
    await expect(upsert({ ...second, intakeApiKey: 'intake-key-1b' })).rejects.toThrow('belongs to another merchant');
  });

  it('answers a thousand questions with one query', async () => {
    const directory = await directoryOf('intake');
    const [database] = databases.slice(-1) as [Database];
    let queries = 0;
    const query = database.query.bind(database);
    database.query = (statement, values) => {
      queries += 1;
      return query(statement, values);
    };
    await Promise.all(Array.from({ length: 1000 }, () => directory.find('shop-1')));
    expect(queries).toBe(1);
  });

  it('finds a merchant that was made a moment ago', async () => {
    const directory = await directoryOf('intake');
    await directory.find('shop-1');
    await upsert({ ...shop, merchantId: 'shop-3', intakeApiKey: 'intake-key-3' });
    await eventually(async () => expect(await directory.find('shop-3')).toBeDefined(), { timeoutMs: 2000 });
  });
});
