import { afterAll, describe, expect, it } from '@jest/globals';
import { Database, prepareDatabase, sql, upsertMerchant } from '@tollgate/persistence';
import { testDatabase } from '@tollgate/testing';
import { Client } from 'pg';

const test = await testDatabase(import.meta.url);
const masterKey = Buffer.alloc(32, 1).toString('base64');
const names = ['intake', 'risk', 'gateway', 'ledger'] as const;
const merchantsSchema = `${test.schema}_merchants`;

const preparation = {
  adminUrl: test.url,
  masterKey,
  merchantsSchema,
  rolePrefix: test.schema,
  services: names.map((service) => ({ service, schema: `${test.schema}_${service}` })),
};

const connections: Client[] = [];
afterAll(async () => {
  await Promise.all(connections.map((client) => client.end()));
});

async function login(url: string | undefined): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  connections.push(client);
  return client;
}

describe('preparing the database', () => {
  it('may run several times at once and always gives the same addresses', async () => {
    const atOnce = await Promise.all([1, 2, 3, 4].map(() => prepareDatabase(preparation)));
    const again = await prepareDatabase(preparation);
    expect(Object.keys(again)).toEqual([...names]);
    expect(atOnce).toEqual([again, again, again, again]);
  });

  it('gives each service a login that owns its schema and sees no other', async () => {
    const urls = await prepareDatabase(preparation);
    const intake = await login(urls.intake);
    await intake.query(`CREATE TABLE ${test.schema}_intake.mine (id int)`);
    await intake.query(`SELECT * FROM ${test.schema}_intake.mine`);
    const gateway = await login(urls.gateway);
    await expect(gateway.query(`SELECT * FROM ${test.schema}_intake.mine`)).rejects.toMatchObject({ code: '42501' });
    await expect(gateway.query(`CREATE TABLE ${test.schema}_intake.theirs (id int)`)).rejects.toMatchObject({
      code: '42501',
    });
    await expect(gateway.query('CREATE TABLE public.theirs (id int)')).rejects.toMatchObject({ code: '42501' });
    await expect(gateway.query(`CREATE SCHEMA ${test.schema}_more`)).rejects.toMatchObject({ code: '42501' });
  });

  it('lets each service read the columns of merchants that it needs, and write none', async () => {
    const urls = await prepareDatabase(preparation);
    const readable: Record<string, string[]> = {};
    for (const service of names) {
      const client = await login(urls[service]);
      readable[service] = [];
      for (const column of ['settings', 'intake_key_sha256', 'primer_api_key_sealed', 'webhook_secret_sealed']) {
        try {
          await client.query(`SELECT ${column} FROM ${merchantsSchema}.merchants`);
          readable[service].push(column);
        } catch (error) {
          expect(error).toMatchObject({ code: '42501' });
        }
      }
      await expect(client.query(`UPDATE ${merchantsSchema}.merchants SET name = 'x'`)).rejects.toMatchObject({
        code: '42501',
      });
    }
    const open = ['settings', 'intake_key_sha256'];
    expect(readable).toEqual({
      intake: open,
      risk: open,
      gateway: [...open, 'primer_api_key_sealed'],
      ledger: [...open, 'primer_api_key_sealed', 'webhook_secret_sealed'],
    });
  });

  it('takes a right back that a service no longer has', async () => {
    const more = { service: 'risk', schema: `${test.schema}_risk`, merchantSecrets: ['primerApiKey' as const] };
    const urls = await prepareDatabase({ ...preparation, services: [more] });
    const risk = await login(urls.risk);
    await risk.query(`SELECT primer_api_key_sealed FROM ${merchantsSchema}.merchants`);
    await prepareDatabase(preparation);
    await expect(risk.query(`SELECT primer_api_key_sealed FROM ${merchantsSchema}.merchants`)).rejects.toMatchObject({
      code: '42501',
    });
  });

  it('changes the passwords when the master key changes', async () => {
    const older = await prepareDatabase(preparation);
    const newKey = Buffer.alloc(32, 2).toString('base64');
    const newer = await prepareDatabase({ ...preparation, masterKey: newKey });
    await login(newer.intake);
    await expect(login(older.intake)).rejects.toMatchObject({ code: '28P01' });
    await prepareDatabase(preparation);
  });

  it('needs no superuser: CREATEROLE and CREATE on the database are enough', async () => {
    const admin = `${test.schema}_admin`;
    const [{ database }] = (await test.query<{ database: string }>('SELECT current_database() AS database')) as [
      { database: string },
    ];
    await test.query(`CREATE ROLE ${admin} LOGIN CREATEROLE PASSWORD 'plain'`);
    await test.query(`GRANT CREATE ON DATABASE "${database}" TO ${admin}`);
    const url = new URL(test.url);
    url.username = admin;
    url.password = 'plain';
    const own = {
      adminUrl: url.toString(),
      masterKey,
      merchantsSchema: `${test.schema}_own_merchants`,
      rolePrefix: `${test.schema}_own`,
      services: [{ service: 'intake', schema: `${test.schema}_own_intake` } as const],
    };
    await prepareDatabase(own);
    const urls = await prepareDatabase(own);
    const database2 = await Database.open({
      service: 'intake',
      databaseUrl: urls.intake,
      schema: `${test.schema}_own_intake`,
    });
    await database2.query(sql('own-table', 'CREATE TABLE own (id int)'));
    await database2.close();
    await upsertMerchant({
      adminUrl: own.adminUrl,
      masterKey,
      merchantsSchema: own.merchantsSchema,
      merchant: { merchantId: 'shop', intakeApiKey: 'k', primerApiKey: 'p', webhookSecret: 'w' },
    });
    expect(await test.query(`SELECT merchant_id FROM ${own.merchantsSchema}.merchants`)).toHaveLength(1);
  });

  it('says which right the administrator lacks', async () => {
    const nobody = `${test.schema}_nobody`;
    await test.query(`CREATE ROLE ${nobody} LOGIN PASSWORD 'plain'`);
    const url = new URL(test.url);
    url.username = nobody;
    url.password = 'plain';
    await expect(
      prepareDatabase({ ...preparation, adminUrl: url.toString(), merchantsSchema: `${test.schema}_none` }),
    ).rejects.toThrow('CREATEROLE');
  });
});
