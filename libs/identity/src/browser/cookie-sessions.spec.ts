import { describe, expect, it } from '@jest/globals';
import { Sessions } from '../sessions/sessions.ts';
import { toCsrfToken } from '../secrets.ts';
import { CookieSessions } from './cookie-sessions.ts';
import { findCookie, toCookieSettings, toSetCookie } from './session-cookie.ts';

const SECRET = 'session_of-somebody';

function pageAt(url: string): CookieSessions {
  const publicUrl = new URL(url);
  return new CookieSessions({} as Sessions, toCookieSettings(publicUrl), publicUrl);
}

describe('a cookie', () => {
  it('over TLS is Secure, read by no script, set by no other host', () => {
    const settings = toCookieSettings(new URL('https://tollgate.example'));
    expect(toSetCookie(settings, { name: 'tollgate-session', value: SECRET, maxAgeSeconds: 60 })).toBe(
      `__Host-tollgate-session=${SECRET}; Max-Age=60; Path=/; HttpOnly; Secure; SameSite=Lax`,
    );
  });

  it('does without Secure on this very machine alone', () => {
    expect(toCookieSettings(new URL('http://127.0.0.1:4000'))).toEqual({ prefix: '', secure: false });
    expect(toCookieSettings(new URL('http://[::1]:4000'))).toEqual({ prefix: '', secure: false });
    for (const url of [
      'http://tollgate.example',
      'http://localhost.example',
      'http://127.example',
      'ftp://localhost',
    ]) {
      expect(() => toCookieSettings(new URL(url))).toThrow(/in the clear/);
    }
  });

  it.each([
    ['a=1; tollgate-session=x; b=2', 'x'],
    ['tollgate-session=', undefined],
    ['tollgate-session=x; tollgate-session=y', undefined],
    ['not-tollgate-session=x', undefined],
    [undefined, undefined],
  ])('in %s is found when there is one and no other of its name', (header, expected) => {
    expect(findCookie({ prefix: '', secure: false }, header, 'tollgate-session')).toBe(expected);
  });
});

it('keeps its session open where a person is behind it, not where a page asks by itself', () => {
  const used: string[] = [];
  const noticeUse = (secret: string) => Promise.resolve(void used.push(secret));
  const publicUrl = new URL('https://tollgate.example');
  const page = new CookieSessions({ noticeUse } as unknown as Sessions, toCookieSettings(publicUrl), publicUrl);
  page.noticeUse({ method: 'GET', headers: { 'x-unattended': '1' } }, 'unattended');
  page.noticeUse({ method: 'GET', headers: { accept: 'text/event-stream' } }, 'a stream');
  page.noticeUse({ method: 'GET', headers: { accept: 'application/json' } }, SECRET);
  expect(used).toEqual([SECRET]);
});

describe('a request of a browser', () => {
  const page = pageAt('https://tollgate.example');
  const csrf = { 'x-csrf-token': toCsrfToken(SECRET) };
  const own = { origin: 'https://tollgate.example', 'sec-fetch-site': 'same-origin' };

  it.each([
    ['reads', 'GET', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }, SECRET],
    ['changes something from a page of ours with its token', 'POST', { ...own, ...csrf }, SECRET],
    ['signs in from a page of ours', 'POST', own, undefined],
    ['comes from no browser, with the token', 'DELETE', csrf, SECRET],
  ])('passes that %s', (_what, method, headers, secret) => {
    expect(() => page.assertFromOwnPage({ method, headers }, secret)).not.toThrow();
  });

  it.each([
    ['another origin', { ...own, ...csrf, origin: 'https://evil.example' }, SECRET],
    ['a hidden origin', { ...csrf, origin: 'null' }, SECRET],
    ['the same host without TLS', { ...csrf, origin: 'http://tollgate.example' }, SECRET],
    ['a sibling host', { ...csrf, 'sec-fetch-site': 'same-site' }, SECRET],
    ['nowhere in particular', { ...csrf, 'sec-fetch-site': 'none' }, SECRET],
    ['a page of ours without the token', own, SECRET],
    ["a page of ours with another session's token", { ...own, 'x-csrf-token': toCsrfToken('session_other') }, SECRET],
    ['another origin, to sign somebody in as somebody else', { origin: 'https://evil.example' }, undefined],
  ])('is refused that would change something from %s', (_where, headers, secret) => {
    expect(() => page.assertFromOwnPage({ method: 'POST', headers }, secret)).toThrow(
      expect.objectContaining({ code: 'CROSS_SITE_REQUEST' }),
    );
  });

  it('may call this machine by any of its names', () => {
    const local = pageAt('http://127.0.0.1:4000');
    const from = (origin: string) => () => local.assertFromOwnPage({ method: 'POST', headers: { origin } }, undefined);
    for (const origin of ['http://127.0.0.1:4000', 'http://localhost:4000', 'http://[::1]:4000']) {
      expect(from(origin)).not.toThrow();
    }
    expect(from('http://localhost:4001')).toThrow(expect.objectContaining({ code: 'CROSS_SITE_REQUEST' }));
  });
});
