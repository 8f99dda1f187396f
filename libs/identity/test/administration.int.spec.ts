import { describe, expect, it } from '@jest/globals';
import { MERCHANT_KEY_SCOPES } from '@tollgate/contracts';
import { hashBearerKey, upsertMerchant } from '@tollgate/persistence';
import { eventually } from '@tollgate/testing';
import pg from 'pg';
import { masterKey, prepareIdentityStage } from './identity-stage.ts';

const stage = await prepareIdentityStage(import.meta.url);
const { database, schemas, urls, keys, merchants, people, invitations, lookup } = stage;

const whose = (secret: string) => lookup.findPrincipal(hashBearerKey(secret));
const audit = (subject: string) =>
  database.query<{ action: string; actor: string; facts: Record<string, unknown> }>(
    `SELECT action, actor, facts FROM ${schemas.identity}.identity_audit WHERE subject = $1 ORDER BY entry_id`,
    [subject],
  );

it("a merchant's first key is listed and revoked as every other, until setup comes with another one", async () => {
  const shop = { merchantId: 'first', primerApiKey: 'p', webhookSecret: 'w' };
  const setUp = (intakeApiKey: string) =>
    upsertMerchant({
      adminUrl: database.url,
      masterKey,
      merchantsSchema: schemas.merchants,
      merchant: { ...shop, intakeApiKey },
    });
  await setUp('first-key');
  expect(await whose('first-key')).toMatchObject({ kind: 'merchant', merchantId: 'first' });
  const keyId = 'first-key:first';
  expect(await keys.list()).toContainEqual(
    expect.objectContaining({ keyId, merchantId: 'first', scopes: MERCHANT_KEY_SCOPES, revokedAt: null }),
  );
  expect(await keys.revoke(keyId, 'tester')).toBe(true);
  expect(await keys.revoke(keyId, 'tester')).toBe(false);
  await expect(keys.revoke('first-key:nobody', 'tester')).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
  await eventually(async () => expect(await whose('first-key')).toBeUndefined());
  await setUp('first-key');
  expect((await keys.list()).find((key) => key.keyId === keyId)?.revokedAt).toBeInstanceOf(Date);
  await setUp('second-key');
  await eventually(async () => expect(await whose('second-key')).toBeDefined());
  expect(await whose('first-key')).toBeUndefined();
  expect(await audit(keyId)).toMatchObject([{ action: 'key revoked', actor: 'tester' }]);
});

describe("a merchant's settings", () => {
  const refunds = (perHourMax: number) => ({ commandLimits: { refund: { perHourMax } } });

  it('change while everything runs, and who changed what is recorded', async () => {
    const now = await merchants.changeSettings('shop', () => refunds(5), 'tester');
    expect(now).toMatchObject({ ...refunds(5), approvalQuorum: [] });
    const [listed] = (await merchants.list()).filter(({ merchantId }) => merchantId === 'shop');
    expect(listed).toMatchObject({ name: 'shop', settings: now });
    expect((await audit('shop')).at(-1)).toMatchObject({
      action: 'merchant settings changed',
      actor: 'tester',
      facts: { before: { commandLimits: {} }, after: refunds(5) },
    });
  });

  it('stay what they were when they are none, and are changed by several one after the other', async () => {
    const wrong = merchants.changeSettings('shop', () => refunds(-1), 'tester');
    await expect(wrong).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
    await expect(merchants.changeSettings('nobody', () => ({}), 'tester')).rejects.toMatchObject({
      code: 'MERCHANT_NOT_FOUND',
    });
    await Promise.all(
      [1, 2, 3].map(() =>
        merchants.changeSettings(
          'shop',
          ({ commandLimits: { refund } }) => refunds((refund?.perHourMax ?? 0) + 1),
          'tester',
        ),
      ),
    );
    expect((await merchants.list()).find(({ merchantId }) => merchantId === 'shop')?.settings).toMatchObject(
      refunds(8),
    );
  });

  it('are changed by nobody who only reads merchants', async () => {
    const client = new pg.Client({ connectionString: urls.writer });
    await client.connect();
    try {
      const change = client.query(`UPDATE ${schemas.merchants}.merchants SET settings = '{}'`);
      await expect(change).rejects.toMatchObject({ code: '42501' });
    } finally {
      await client.end();
    }
  });
});

describe('links into an installation', () => {
  const accept = (token: string) => invitations.accept({ token, password: 'a-long-enough-password' });
  const named = (name: string) => ({ email: `${name}@shop.test`, displayName: name, role: 'admin' as const });

  it('for the first admin make one admin, however many were sent', async () => {
    const [first, second] = [
      await invitations.inviteFirstAdmin(named('ada'), 'tester'),
      await invitations.inviteFirstAdmin(named('abe'), 'tester'),
    ];
    const results = await Promise.allSettled([accept(first.token), accept(second.token)]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'INVITATION_NOT_FOUND' },
    });
    expect((await people.list()).map(({ role }) => role)).toEqual(['admin']);
  });

  it('go with the admin who sent them', async () => {
    const { email } = (await people.list())[0]!;
    await accept((await invitations.invite(named('bea'), email)).token);
    await accept((await invitations.invite(named('cyd'), email)).token);
    const ofBea = await invitations.invite(named('dan'), 'bea@shop.test');
    const ofCyd = await invitations.invite(named('eli'), 'cyd@shop.test');
    const ofOther = await invitations.invite(named('flo'), email);
    await people.setDisabled('bea@shop.test', true, email);
    await people.changeRole('cyd@shop.test', 'viewer', email);
    await expect(accept(ofBea.token)).rejects.toMatchObject({ code: 'INVITATION_NOT_FOUND' });
    await expect(accept(ofCyd.token)).rejects.toMatchObject({ code: 'INVITATION_NOT_FOUND' });
    expect(await accept(ofOther.token)).toMatchObject({ person: { email: 'flo@shop.test' } });
    // What was on its way when they were dismissed comes too late.
    for (const dismissed of ['bea@shop.test', 'cyd@shop.test']) {
      await expect(invitations.invite(named('gus'), dismissed)).rejects.toMatchObject({ code: 'SCOPE_MISSING' });
    }
  });
});
