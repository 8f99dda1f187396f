import { expect, it } from '@jest/globals';
import type { Database } from '../database.ts';
import type { Statement } from '../statement.ts';
import { MerchantDirectory } from './merchant-directory.ts';

const OPTIONS = { schema: 'merchants', masterKey: Buffer.alloc(32, 7).toString('base64'), secrets: [] };
const rowOf = (merchantId: string, settings: object) => ({
  ...{ merchant_id: merchantId, name: merchantId, settings, intake_key_sha256: 'a', intake_key_revoked_at: null },
});
const ROWS = [rowOf('shop', { ordersMayPayTwice: true }), rowOf('broken', { ordersMayPayTwice: 'perhaps' })];

it('reads for a transaction by its own connection, and leaves out whom nobody knows and whose settings nobody can read', async () => {
  // A pool whose every connection is in use.
  const pool = { query: () => new Promise(() => {}) } as unknown as Database;
  let asked = 0;
  const tx = {
    query: async <Row>(_statement: Statement) => {
      asked += 1;
      return ROWS as unknown as Row[];
    },
  };
  const directory = new MerchantDirectory(pool, OPTIONS);
  const settings = await directory.settingsOf(tx, ['shop', 'broken', 'nobody']);
  expect([...settings.keys()]).toEqual(['shop']);
  expect(settings.get('shop')).toMatchObject({ ordersMayPayTwice: true });
  // The copy is there now.
  expect((await directory.settingsOf(tx, ['shop'])).size).toBe(1);
  expect(asked).toBe(1);
});
