import { generateKeyPairSync } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, Post } from '@nestjs/common';
import { freePort } from '@tollgate/testing';
import { IdentityModule, PeopleModule } from '@tollgate/identity';
import { MerchantsModule, PersistenceModule } from '@tollgate/persistence';
import { createService, PlatformModule, RequireScope, ServiceLifetime } from '@tollgate/platform';
import { type JWK, type MutableToken, OAuth2Server } from 'oauth2-mock-server';
import { CHEAP, masterKey, prepareIdentityStage } from './identity-stage.ts';
import { PageBrowser } from './page-browser.ts';

const stage = await prepareIdentityStage(import.meta.url);
const PASSWORD = 'a-long-enough-password';
const SESSION = 'tollgate-session';
const provider = new OAuth2Server();
const logLines: string[] = [];
let origin: string;
let app: Awaited<ReturnType<typeof createService>>;

@Controller('things')
class ThingsController {
  @Get()
  @RequireScope('payments:read')
  read(): { read: boolean } {
    return { read: true };
  }

  @Post()
  @RequireScope('risk:write')
  write(): { written: boolean } {
    return { written: true };
  }

  @Get('unsaid')
  unsaid(): { shown: boolean } {
    return { shown: true };
  }
}

beforeAll(async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  await provider.issuer.keys.add({ ...privateKey.export({ format: 'jwk' }), alg: 'RS256' } as JWK);
  await provider.start(undefined, '127.0.0.1');
  const port = await freePort();
  origin = `http://127.0.0.1:${port}`;
  const publicUrl = new URL(origin);

  @Module({
    imports: [
      PlatformModule.forRoot({
        service: 'page',
        settings: { HOST: '127.0.0.1', LOG_LEVEL: 'debug', TOLLGATE_OPERATOR_TOKEN: 'operator-token-of-the-test' },
        logDestination: { write: (line: string) => void logLines.push(line) },
      }),
      PersistenceModule.forRoot({
        service: 'console',
        databaseUrl: stage.urls.writer,
        schema: `${stage.database.schema}_console`,
      }),
      MerchantsModule.forRoot({ masterKey, schema: stage.schemas.merchants }),
      IdentityModule.forRoot({ schema: stage.schemas.identity }),
      PeopleModule.forRoot({
        publicUrl,
        masterKey,
        passwordCost: CHEAP,
        oidc: {
          issuer: new URL(provider.issuer.url!),
          clientId: 'tollgate',
          clientSecret: 'client-secret-of-the-test',
          allowedDomains: ['shop.test'],
          roleClaim: 'groups',
          roles: new Map([
            ['payments', 'operator'],
            ['managers', 'admin'],
          ]),
        },
      }),
    ],
    controllers: [ThingsController],
  })
  class PageModule {}

  app = await createService({
    ...{ service: 'page', module: PageModule, host: '127.0.0.1', port },
    trustedProxies: ['10.0.0.0/8'],
  });
  await app.listen(port, '127.0.0.1');
  app.get(ServiceLifetime).markStarted();
  for (const role of ['viewer', 'operator', 'admin'] as const) {
    await stage.people.ensure({ email: `${role}@shop.test`, displayName: role, role, password: PASSWORD }, 'setup');
  }
});
afterAll(async () => {
  await app.close();
  await provider.stop();
});

async function signedIn(role: string): Promise<PageBrowser> {
  const browser = new PageBrowser(origin);
  const { status } = await browser.ask('POST', '/session', {
    body: { email: `${role}@shop.test`, password: PASSWORD },
  });
  expect(status).toBe(200);
  return browser;
}

describe('a page', () => {
  it('signs in, is told who it is for, and its cookie opens what the role allows, nothing more', async () => {
    const browser = await signedIn('viewer');
    const { body } = await browser.ask<{ person: Record<string, unknown> }>('GET', '/session');
    expect(body.person).toMatchObject({ email: 'viewer@shop.test', role: 'viewer' });
    expect((await browser.ask('GET', '/things')).status).toBe(200);
    expect((await browser.ask('POST', '/things')).status).toBe(403);
    expect((await browser.ask('GET', '/things/unsaid')).status).toBe(403);
    expect(browser.given.at(-1)).toMatch(
      /^tollgate-session=session_[\w-]{43}; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Lax$/,
    );
    const operator = await signedIn('operator');
    expect((await operator.ask('POST', '/things')).status).toBe(201);
  });

  it('can use its secret as a bearer key, and another key in the cookie is none', async () => {
    const browser = await signedIn('operator');
    const bearer = { authorization: `Bearer ${browser.cookie(SESSION)}` };
    const machine = new PageBrowser(origin);
    expect((await machine.ask('POST', '/things', { headers: { ...bearer, origin: undefined } })).status).toBe(201);
    // Its own session is the page's business, not that of whoever holds the key.
    expect((await machine.ask('GET', '/session', { headers: bearer })).status).toBe(403);
    for (const key of ['operator-token-of-the-test', 'intake-key', 'nonsense']) {
      const thief = new PageBrowser(origin);
      thief.setCookie(SESSION, key);
      expect((await thief.ask('GET', '/things')).status).toBe(401);
    }
  });

  it('of somebody else can make it do nothing', async () => {
    const browser = await signedIn('operator');
    const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    const refusals = [
      await browser.ask('POST', '/things', { headers: foreign }),
      await browser.ask('POST', '/things', { headers: { 'x-csrf-token': undefined } }),
      await browser.ask('POST', '/things', { headers: { 'x-csrf-token': 'guess' } }),
      await browser.ask('DELETE', '/session', { headers: { 'sec-fetch-site': 'same-site' } }),
      await browser.ask('POST', '/session', {
        headers: foreign,
        body: { email: 'viewer@shop.test', password: PASSWORD },
      }),
    ];
    expect(refusals.map(({ status, body }) => [status, body['code']])).toEqual(
      Array(5).fill([403, 'CROSS_SITE_REQUEST']),
    );
    expect((await browser.ask('POST', '/things')).status).toBe(201);
  });

  it('gets a new session at each sign-in, whatever session somebody had planted before', async () => {
    const planted = await signedIn('viewer');
    const browser = new PageBrowser(origin);
    browser.setCookie(SESSION, planted.cookie(SESSION)!);
    await browser.ask('POST', '/session', { body: { email: 'operator@shop.test', password: PASSWORD } });
    expect(browser.cookie(SESSION)).not.toBe(planted.cookie(SESSION));
    expect((await planted.ask('GET', '/session')).status).toBe(401);
  });

  it('signs out here, or everywhere else', async () => {
    const [here, there] = [await signedIn('viewer'), await signedIn('viewer')];
    expect((await here.ask('DELETE', '/session/others')).status).toBe(204);
    expect((await there.ask('GET', '/session')).status).toBe(401);
    const secret = here.cookie(SESSION)!;
    expect((await here.ask('DELETE', '/session')).status).toBe(204);
    expect(here.cookie(SESSION)).toBeUndefined();
    here.setCookie(SESSION, secret);
    expect((await here.ask('GET', '/session')).status).toBe(401);
  });

  it.each([
    ['believes its proxy', '10.1.2.3', '198.51.100.7'],
    ['believes nobody else', '203.0.113.9', '203.0.113.9'],
  ])('%s where a sign-in comes from', async (_whom, remoteAddress, address) => {
    const payload = { email: 'viewer@shop.test', password: 'wrong' };
    const headers = { 'x-forwarded-for': '192.0.2.1, 198.51.100.7' };
    const answer = await app.inject({ method: 'POST', url: '/session', remoteAddress, headers, payload });
    expect(answer.statusCode).toBe(401);
    const [refused] = await stage.database.query<{ address: string }>(
      `SELECT facts ->> 'address' AS address FROM ${stage.schemas.identity}.identity_audit
        WHERE action = 'sign-in refused' ORDER BY entry_id DESC LIMIT 1`,
    );
    expect(refused).toEqual({ address });
  });

  it('answers a wrong password and an unknown address alike', async () => {
    const browser = new PageBrowser(origin);
    const wrong = await browser.ask('POST', '/session', { body: { email: 'viewer@shop.test', password: 'wrong' } });
    const nobody = await browser.ask('POST', '/session', { body: { email: 'nobody@shop.test', password: PASSWORD } });
    const { traceId: _wrong, ...toldWrong } = wrong.body;
    const { traceId: _nobody, ...toldNobody } = nobody.body;
    expect(wrong.status).toBe(401);
    expect(toldWrong).toEqual(toldNobody);
    expect(browser.given).toEqual([]);
  });
});

describe('people', () => {
  it('are invited, changed and disabled by an admin, and by nobody else', async () => {
    const admin = await signedIn('admin');
    const operator = await signedIn('operator');
    const ivy = { email: 'ivy@shop.test', displayName: 'Ivy', role: 'reviewer' };
    expect((await operator.ask('POST', '/invitations', { body: ivy })).status).toBe(403);
    expect((await operator.ask('GET', '/people')).status).toBe(403);
    const invitation = await admin.ask<{ link: string }>('POST', '/invitations', { body: ivy });
    expect(invitation.body.link).toMatch(new RegExp(`^${origin}/invitation#token=invitation_`));
    const token = invitation.body.link.split('token=')[1]!;
    const browser = new PageBrowser(origin);
    const short = await browser.ask('POST', '/invitations/accept', { body: { token, password: 'short' } });
    expect(short.body['errors']).toEqual([{ path: 'password', message: 'at least 12 characters' }]);
    const accepted = await browser.ask<{ person: { personId: string } }>('POST', '/invitations/accept', {
      body: { token, password: PASSWORD },
    });
    expect(accepted.status).toBe(200);
    expect((await browser.ask('GET', '/things')).status).toBe(200);
    const change = (body: Record<string, unknown>) =>
      admin.ask('PATCH', `/people/${accepted.body.person.personId}`, { body });
    expect((await change({ role: 'operator' })).body).toMatchObject({ role: 'operator', openSessions: 0 });
    expect((await browser.ask('GET', '/session')).status).toBe(401);
    expect((await change({ disabled: true })).body['disabledAt']).not.toBeNull();
    expect((await change({})).status).toBe(422);
    const again = await browser.ask('POST', '/session', { body: { email: ivy.email, password: PASSWORD } });
    expect(again.body['code']).toBe('SIGN_IN_REFUSED');
    const actors = await stage.database.query(
      `SELECT DISTINCT actor FROM ${stage.schemas.identity}.identity_audit
        WHERE subject = $1 AND action IN ('person invited', 'role changed', 'person disabled')`,
      [ivy.email],
    );
    expect(actors).toEqual([{ actor: 'admin@shop.test' }]);
  });

  it('change their own password and stay in', async () => {
    await stage.people.ensure(
      { email: 'joe@shop.test', displayName: 'Joe', role: 'viewer', password: PASSWORD },
      'setup',
    );
    const browser = await signedIn('joe');
    const change = (current: string, next: string) =>
      browser.ask('POST', '/session/password', { body: { current, next } });
    expect((await change('wrong', 'another-long-password')).body['code']).toBe('SIGN_IN_REFUSED');
    expect((await change(PASSWORD, 'another-long-password')).status).toBe(204);
    expect((await browser.ask('GET', '/session')).status).toBe(200);
  });
});

describe("the company's provider", () => {
  /** Goes there and comes back, as a browser does. */
  async function comeBack(
    browser: PageBrowser,
    claims: Record<string, unknown>,
    tamper: (callback: URL) => void = () => undefined,
  ) {
    provider.service.on('beforeTokenSigning', ({ payload }: MutableToken) => {
      Object.assign(payload, { email_verified: true, groups: ['payments'], ...claims });
    });
    const begun = await browser.ask('GET', '/oidc/sign-in');
    const there = await fetch(begun.headers.get('location')!, { redirect: 'manual' });
    const callback = new URL(there.headers.get('location')!);
    tamper(callback);
    const answer = await browser.ask('GET', `${callback.pathname}${callback.search}`, {
      headers: { origin: undefined, 'sec-fetch-site': 'cross-site' },
    });
    provider.service.removeAllListeners('beforeTokenSigning');
    return answer.headers.get('location');
  }

  it('lets somebody in with the role of their groups, and takes the role away with them', async () => {
    const browser = new PageBrowser(origin);
    expect(await comeBack(browser, { sub: '17', email: 'kim@shop.test', name: 'Kim' })).toBe('/');
    expect((await browser.ask('GET', '/session')).body['person']).toMatchObject({
      displayName: 'Kim',
      role: 'operator',
    });
    expect((await browser.ask('POST', '/things')).status).toBe(201);
    const other = new PageBrowser(origin);
    expect(await comeBack(other, { sub: '17', email: 'kim@shop.test', groups: [] })).toBe('/?refused=oidc');
    expect((await other.ask('GET', '/session')).status).toBe(401);
    await stage.people.setDisabled('kim@shop.test', true, 'tester');
    expect((await browser.ask('GET', '/session')).status).toBe(401);
    expect(await comeBack(new PageBrowser(origin), { sub: '17', email: 'kim@shop.test' })).toBe('/?refused=oidc');
  });

  it('is not believed about somebody who has a password here, nor about foreign domains', async () => {
    const claims = { sub: '18', email: 'admin@shop.test' };
    expect(await comeBack(new PageBrowser(origin), claims)).toBe('/?refused=oidc');
    expect(await comeBack(new PageBrowser(origin), { sub: '19', email: 'lee@evil.test' })).toBe('/?refused=oidc');
  });

  it('does not take the role from the last who manages people', async () => {
    const lou = { sub: '21', email: 'lou@shop.test' };
    expect(await comeBack(new PageBrowser(origin), { ...lou, groups: ['managers'] })).toBe('/');
    await stage.people.setDisabled('admin@shop.test', true, 'tester');
    expect(await comeBack(new PageBrowser(origin), lou)).toBe('/?refused=oidc');
    expect((await stage.people.find(lou.email))?.role).toBe('admin');
    await stage.people.setDisabled('admin@shop.test', false, 'tester');
    expect(await comeBack(new PageBrowser(origin), lou)).toBe('/');
    expect((await stage.people.find(lou.email))?.role).toBe('operator');
  });

  it('is asked once: a callback of another browser, another state or a second time lets nobody in', async () => {
    const claims = { sub: '20', email: 'max@shop.test' };
    const refused = '/?refused=oidc';
    const otherState = (url: URL) => url.searchParams.set('state', 'other');
    expect(await comeBack(new PageBrowser(origin), claims, otherState)).toBe(refused);
    const victim = new PageBrowser(origin);
    const begun = await new PageBrowser(origin).ask('GET', '/oidc/sign-in');
    const there = await fetch(begun.headers.get('location')!, { redirect: 'manual' });
    const callback = new URL(there.headers.get('location')!);
    const planted = await victim.ask('GET', `${callback.pathname}${callback.search}`);
    expect(planted.headers.get('location')).toBe(refused);
    expect(victim.cookie(SESSION)).toBeUndefined();
  });
});

it('nothing of all this wrote a secret into the log', () => {
  const log = logLines.join('\n');
  expect(log).toContain('A request was answered');
  for (const secret of [PASSWORD, 'session_', 'invitation_', 'client-secret', 'operator-token']) {
    expect(log).not.toContain(secret);
  }
});
