import { beforeAll, describe, expect, it } from '@jest/globals';
import { ROLE_SCOPES } from '@tollgate/contracts';
import { ensureKeysAndPeople, prepareIdentity } from '@tollgate/identity';
import { hashBearerKey } from '@tollgate/persistence';
import { eventually } from '@tollgate/testing';
import pg from 'pg';
import { CHEAP, masterKey, prepareIdentityStage } from './identity-stage.ts';

const stage = await prepareIdentityStage(import.meta.url);
const { database, schemas, urls, keys, people, sessions, invitations, signIn, lookup, directory } = stage;

const PASSWORD = 'a-long-enough-password';
const ann = { email: 'ann@shop.test', displayName: 'Ann', role: 'reviewer' as const, password: PASSWORD };
const bob = { email: 'bob@shop.test', displayName: 'Bob', role: 'admin' as const, password: PASSWORD };
const whose = (secret: string) => lookup.findPrincipal(hashBearerKey(secret));
const audit = (subject: string) =>
  database.query<{ action: string; actor: string; facts: Record<string, unknown> }>(
    `SELECT action, actor, facts FROM ${schemas.identity}.identity_audit WHERE subject = $1 ORDER BY entry_id`,
    [subject],
  );
const signInAs = async (email: string, password = PASSWORD, address = '192.0.2.1') =>
  (await signIn.signIn({ email, password, address })).session;

beforeAll(async () => {
  await people.ensure(ann, 'setup');
  await people.ensure(bob, 'setup');
});

async function idOf(email: string): Promise<string> {
  return (await people.find(email))!.personId;
}

describe('a service asks whose a secret is', () => {
  it("and hears of merchants' own keys, keys that were made, sessions, and of nobody else", async () => {
    const merchant = await keys.make({ name: 'reviews', merchantId: 'shop' }, 'tester');
    const platform = await keys.make({ name: 'all', scopes: ['approvals:read'] }, 'tester');
    const session = await signInAs(ann.email);
    expect(await whose('intake-key')).toMatchObject({ kind: 'merchant', merchantId: 'shop' });
    expect(await whose(merchant.secret)).toMatchObject({ kind: 'merchant', merchantId: 'shop', keyId: merchant.keyId });
    expect(await whose(platform.secret)).toMatchObject({ kind: 'platform', scopes: ['approvals:read'] });
    expect(await whose(session.secret)).toEqual({
      kind: 'person',
      personId: await idOf(ann.email),
      email: ann.email,
      displayName: 'Ann',
      role: 'reviewer',
      scopes: ROLE_SCOPES.reviewer,
    });
    expect(await whose('session_guess')).toBeUndefined();
    // What is stored opens nothing.
    expect(await whose(hashBearerKey(session.secret))).toBeUndefined();
  });

  it('and a key that was revoked or has run out is refused, at the latest after the time it is believed', async () => {
    const key = await keys.make({ name: 'short', merchantId: 'shop' }, 'tester');
    const past = await keys.make({ name: 'past', merchantId: 'shop', expiresAt: new Date(0) }, 'tester');
    expect(await whose(key.secret)).toBeDefined();
    expect(await whose(past.secret)).toBeUndefined();
    expect(await keys.revoke(key.keyId, 'tester')).toBe(true);
    expect(await keys.revoke(key.keyId, 'tester')).toBe(false);
    await eventually(async () => expect(await whose(key.secret)).toBeUndefined());
    await expect(keys.revoke('no-key', 'tester')).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
    expect((await audit(key.keyId)).map(({ action }) => action)).toEqual(['key made', 'key revoked']);
  });

  it("and a merchant's key never carries a scope on whose routes merchants are not told apart", async () => {
    for (const scope of ['payments:read', 'operator', 'approvals:review', 'people:manage'] as const) {
      const make = keys.make({ name: 'too much', merchantId: 'shop', scopes: [scope] }, 'tester');
      await expect(make).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
    }
    const make = keys.make({ name: 'too much', scopes: ['operator'] }, 'tester');
    await expect(make).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  });

  it('and many at once are answered each with its own', async () => {
    const made = await Promise.all(
      [1, 2, 3].map((n) => keys.make({ name: `k${n}`, merchantId: `shop-${n}` }, 'tester')),
    );
    const asked = [...made, ...made].flatMap(({ secret }) => [secret, `${secret}x`]);
    const found = await Promise.all(asked.map(whose));
    const expected = [1, 2, 3, 1, 2, 3].flatMap((n) => [`shop-${n}`, undefined]);
    expect(found.map((principal) => principal?.merchantId)).toEqual(expected);
  });

  it('and a role that only reads sees neither password hashes nor sessions, and changes nothing', async () => {
    const client = new pg.Client({ connectionString: urls.reader });
    await client.connect();
    try {
      for (const statement of [
        'SELECT * FROM person',
        'SELECT * FROM person_session',
        'SELECT * FROM api_key',
        "INSERT INTO identity_audit (actor, action, subject) VALUES ('a', 'b', 'c')",
      ]) {
        const text = statement.replace(/(FROM|INTO) /, `$1 ${schemas.identity}.`);
        await expect(client.query(text)).rejects.toMatchObject({ code: '42501' });
      }
    } finally {
      await client.end();
    }
  });
});

describe('a session', () => {
  it('ends at once, everywhere, when its person is disabled, gets another role, or leaves', async () => {
    await people.ensure({ ...ann, email: 'cem@shop.test' }, 'setup');
    const enders = [
      () => people.setDisabled('cem@shop.test', true, 'tester'),
      () => people.changeRole('cem@shop.test', 'viewer', 'tester'),
      async (secret: string) => signIn.signOut(secret, 'cem@shop.test'),
    ];
    for (const end of enders) {
      await people.setDisabled('cem@shop.test', false, 'tester');
      const { secret } = await signInAs('cem@shop.test');
      expect(await whose(secret)).toBeDefined();
      await end(secret);
      expect(await whose(secret)).toBeUndefined();
    }
    expect((await directory.find(await idOf('cem@shop.test')))?.role).toBe('viewer');
  });

  it('that the browser brought along ends at the next sign-in, and the new one has a secret of its own', async () => {
    const first = await signInAs(ann.email);
    const { session: second } = await signIn.signIn({
      email: ann.email,
      password: PASSWORD,
      address: '192.0.2.1',
      formerSecret: first.secret,
    });
    expect(second.secret).not.toBe(first.secret);
    expect(await whose(first.secret)).toBeUndefined();
    expect(await whose(second.secret)).toBeDefined();
  });

  it('ends without use, and however busy at its last moment', async () => {
    const { secret } = await signInAs(ann.email);
    const shift = (column: string) =>
      database.query(
        `UPDATE ${schemas.identity}.person_session SET ${column} = now() - interval '1 second' WHERE secret_sha256 = $1`,
        [hashBearerKey(secret)],
      );
    await database.query(
      `UPDATE ${schemas.identity}.person_session SET idle_until = now() + interval '1 minute' WHERE secret_sha256 = $1`,
      [hashBearerKey(secret)],
    );
    await sessions.noticeUse(secret);
    const [row] = await database.query<{ minutes: number }>(
      `SELECT round(extract(epoch FROM idle_until - now()) / 60)::int AS minutes
         FROM ${schemas.identity}.person_session WHERE secret_sha256 = $1`,
      [hashBearerKey(secret)],
    );
    expect(row?.minutes).toBe(30);
    await shift('idle_until');
    expect(await whose(secret)).toBeUndefined();
    // Too late to be kept alive.
    await sessions.noticeUse(secret);
    expect(await whose(secret)).toBeUndefined();
    const other = await sessions.open(await idOf(ann.email), 'password');
    await database.query(
      `UPDATE ${schemas.identity}.person_session SET expires_at = now() - interval '1 second' WHERE session_id = $1`,
      [other.sessionId],
    );
    await sessions.noticeUse(other.secret);
    expect(await whose(other.secret)).toBeUndefined();
  });

  it('stays alone when its person changes the password, and the old password is none any more', async () => {
    await people.ensure({ ...ann, email: 'dee@shop.test' }, 'setup');
    const stays = await signInAs('dee@shop.test');
    const goes = await signInAs('dee@shop.test');
    const personId = await idOf('dee@shop.test');
    const change = (current: string, next: string) =>
      people.changePassword(personId, { current, next, sessionSecret: stays.secret });
    await expect(change('wrong-password-entirely', 'x')).rejects.toMatchObject({ code: 'SIGN_IN_REFUSED' });
    await expect(change(PASSWORD, 'short')).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
    await change(PASSWORD, 'another-long-password');
    expect(await whose(stays.secret)).toBeDefined();
    expect(await whose(goes.secret)).toBeUndefined();
    await expect(signInAs('dee@shop.test')).rejects.toMatchObject({ code: 'SIGN_IN_REFUSED' });
    expect(await signInAs('dee@shop.test', 'another-long-password')).toBeDefined();
  });
});

describe('signing in', () => {
  it('refuses a wrong password, an unknown address and a disabled account with one answer', async () => {
    await people.ensure({ ...ann, email: 'eve@shop.test' }, 'setup');
    await people.setDisabled('eve@shop.test', true, 'tester');
    const refusals = await Promise.all(
      [
        [ann.email, 'not-the-password'],
        ['nobody@shop.test', PASSWORD],
        ['eve@shop.test', PASSWORD],
      ].map(([email, password]) => signInAs(email!, password).catch((error: unknown) => error)),
    );
    expect(refusals.map((error) => (error as { code: string }).code)).toEqual(Array(3).fill('SIGN_IN_REFUSED'));
    expect(new Set(refusals.map((error) => (error as Error).message)).size).toBe(1);
  });

  it('is slowed down for an account, one that does not exist too, also when the guesses come together', async () => {
    for (const email of ['ghost@shop.test', bob.email]) {
      const guesses = await Promise.all(
        Array.from({ length: 14 }, (_, index) =>
          signInAs(email, 'guess-number-x', `198.51.100.${index}`).catch((error: { code: string }) => error.code),
        ),
      );
      expect(guesses.filter((code) => code === 'SIGN_IN_REFUSED')).toHaveLength(10);
      expect(guesses.filter((code) => code === 'TOO_MANY_SIGN_INS')).toHaveLength(4);
      // The right password is not even looked at.
      await expect(signInAs(email)).rejects.toMatchObject({ code: 'TOO_MANY_SIGN_INS' });
    }
  });

  it.each([
    ['an address', () => '203.0.113.7'],
    ["a subscriber's network", (index: number) => `2001:db8:7:7::${index}`],
  ])('is slowed down for %s, whichever accounts it tries', async (_what, addressOf) => {
    const guess = (index: number) =>
      signInAs(`account-${index}@shop.test`, 'guess-number-x', addressOf(index)).catch(
        (error: { code: string }) => error.code,
      );
    for (let index = 0; index < 50; index++) await guess(index);
    expect(await guess(50)).toBe('TOO_MANY_SIGN_INS');
    expect(await signInAs(ann.email)).toBeDefined();
  });
});

describe('people', () => {
  it('come in by a link that works once, runs out, and is withdrawn by a newer one', async () => {
    const frank = { email: 'frank@shop.test', displayName: 'Frank', role: 'viewer' as const };
    const older = await invitations.invite(frank, bob.email);
    const { token } = await invitations.invite(frank, bob.email);
    const accept = (used: string) => invitations.accept({ token: used, password: PASSWORD });
    await expect(accept(older.token)).rejects.toMatchObject({ code: 'INVITATION_NOT_FOUND' });
    await expect(invitations.accept({ token, password: 'short' })).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
    const results = await Promise.allSettled([accept(token), accept(token)]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    await expect(accept(token)).rejects.toMatchObject({ code: 'INVITATION_NOT_FOUND' });
    await expect(invitations.invite(frank, bob.email)).rejects.toMatchObject({ code: 'PERSON_CONFLICT' });
    const late = await invitations.invite({ ...frank, email: 'late@shop.test' }, bob.email);
    await database.query(`UPDATE ${schemas.identity}.invitation SET expires_at = now() WHERE email = 'late@shop.test'`);
    await expect(accept(late.token)).rejects.toMatchObject({ code: 'INVITATION_NOT_FOUND' });
    expect((await audit(frank.email)).map(({ action }) => action)).toEqual([
      'person invited',
      'person invited',
      'person made',
      'invitation accepted',
    ]);
  });

  it('always keep an admin, also when two give the role up at once', async () => {
    await people.ensure({ ...bob, email: 'gus@shop.test' }, 'setup');
    const results = await Promise.allSettled([
      people.changeRole(bob.email, 'viewer', 'tester'),
      people.setDisabled('gus@shop.test', true, 'tester'),
    ]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const admins = (await people.list()).filter(({ role, disabledAt }) => role === 'admin' && disabledAt === null);
    expect(admins).toHaveLength(1);
    const first = invitations.inviteFirstAdmin({ email: 'new@shop.test', displayName: 'New' }, 'tester');
    await expect(first).rejects.toMatchObject({ code: 'LAST_ADMIN' });
  });

  it('leave a record that nobody changes, and that holds no secret', async () => {
    const { secret } = await signInAs(ann.email);
    for (const text of ['UPDATE', 'DELETE', 'TRUNCATE']) {
      const statement = {
        UPDATE: `UPDATE ${schemas.identity}.identity_audit SET actor = 'x'`,
        DELETE: `DELETE FROM ${schemas.identity}.identity_audit`,
        TRUNCATE: `TRUNCATE ${schemas.identity}.identity_audit`,
      }[text]!;
      await expect(database.query(statement)).rejects.toMatchObject({ code: '23001' });
    }
    const [dump] = await database.query<{ all: string }>(
      `SELECT string_agg(t::text, ' ') AS all FROM ${schemas.identity}.identity_audit t`,
    );
    for (const text of [secret, hashBearerKey(secret), PASSWORD, 'argon2']) expect(dump?.all).not.toContain(text);
  });
});

describe('setup', () => {
  it('run again, changes nothing; with another secret the former one is none any more', async () => {
    const credentials = {
      databaseUrl: urls.owner,
      schema: schemas.identity,
      people: [{ ...ann, email: 'hal@shop.test' }],
      passwordCost: CHEAP,
    };
    const keep = (secret: string) =>
      ensureKeysAndPeople({ ...credentials, keys: [{ place: 'approvalsApiKey', secret, merchantId: 'shop' }] });
    await keep('first-secret');
    await keep('first-secret');
    expect(await whose('first-secret')).toMatchObject({ kind: 'merchant', merchantId: 'shop' });
    await keep('second-secret');
    expect(await whose('second-secret')).toBeDefined();
    await eventually(async () => expect(await whose('first-secret')).toBeUndefined());
    const managed = (await keys.list()).filter(({ name }) => name.startsWith('approvalsApiKey'));
    expect(managed).toHaveLength(1);
    await keys.revoke(managed[0]!.keyId, 'tester');
    await keep('second-secret');
    await eventually(async () => expect(await whose('second-secret')).toBeUndefined());
  });

  it('keeps the password that somebody chose for themselves', async () => {
    await people.ensure({ ...ann, password: 'what-the-file-still-says' }, 'setup');
    expect(await signInAs(ann.email)).toBeDefined();
  });

  it('grants again after an upgrade without touching what is there', async () => {
    const { length } = await people.list();
    const again = await prepareIdentity({
      adminUrl: database.url,
      masterKey,
      merchantsSchema: schemas.merchants,
      rolePrefix: database.schema,
      schema: schemas.identity,
      readers: ['intake'],
      writers: ['console'],
    });
    expect(again).toBe(urls.owner);
    expect(await people.list()).toHaveLength(length);
  });
});
