import { timingSafeEqual } from 'node:crypto';
import { KnownError } from '@tollgate/contracts';
import { hashBearerKey } from '@tollgate/persistence';
import type { BrowserRequest, BrowserSessions, Log } from '@tollgate/platform';
import { toCsrfToken } from '../secrets.ts';
import type { NewSession, Sessions } from '../sessions/sessions.ts';
import { type CookieSettings, findCookie, toOwnOrigins, toSetCookie } from './session-cookie.ts';

export const CSRF_HEADER = 'x-csrf-token';
/** What a page says of its own accord, while nobody touches it: such requests do not keep a session open. */
export const UNATTENDED_HEADER = 'x-unattended';
const COOKIE = 'tollgate-session';
/** What a browser sends without anybody's doing (RFC 9110, section 9.2.1): it changes nothing. */
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);
/** A session's use is written down at most this often by one process; milliseconds. */
const NOTICE_EVERY_MS = 60_000;
/** Sessions whose last use is remembered; beyond it the oldest memory goes, which costs one statement more. */
const NOTICED_MAX = 10_000;

/** The session in a browser's cookie, and what shows that a page of our own sent the request (OWASP, CSRF prevention). */
export class CookieSessions implements BrowserSessions {
  readonly #origins: ReadonlySet<string>;
  readonly #noticed = new Map<string, number>();

  constructor(
    private readonly sessions: Sessions,
    private readonly cookies: CookieSettings,
    publicUrl: URL,
    private readonly log?: Log,
  ) {
    this.#origins = toOwnOrigins(publicUrl);
  }

  findSecret({ headers }: Pick<BrowserRequest, 'headers'>): string | undefined {
    return findCookie(this.cookies, headers.cookie, COOKIE);
  }

  assertFromOwnPage({ method, headers }: BrowserRequest, secret: string | undefined): void {
    if (SAFE_METHODS.has(method)) {
      return;
    }
    const { origin, 'sec-fetch-site': site } = headers;
    const isForeign =
      (origin !== undefined && !this.#origins.has(origin)) || (site !== undefined && site !== 'same-origin');
    if (isForeign || (secret !== undefined && !hasToken(headers[CSRF_HEADER], secret))) {
      throw new KnownError('CROSS_SITE_REQUEST');
    }
  }

  noticeUse(request: BrowserRequest, secret: string): void {
    if (isUnattended(request)) {
      return;
    }
    const session = hashBearerKey(secret);
    const now = performance.now();
    if (now - (this.#noticed.get(session) ?? -Infinity) < NOTICE_EVERY_MS) {
      return;
    }
    this.#noticed.delete(session);
    this.#noticed.set(session, now);
    if (this.#noticed.size > NOTICED_MAX) {
      this.#noticed.delete(this.#noticed.keys().next().value!);
    }
    this.sessions.noticeUse(secret).catch((error: unknown) => {
      this.#noticed.delete(session);
      this.log?.warn("A session's use could not be written down", { error });
    });
  }

  /** The `Set-Cookie` of a session that has begun. */
  toCookie({ secret, expiresAt }: NewSession): string {
    const maxAgeSeconds = Math.max(1, Math.floor((expiresAt.getTime() - Date.now()) / 1000));
    return toSetCookie(this.cookies, { name: COOKIE, value: secret, maxAgeSeconds });
  }

  /** A `Set-Cookie` of another name, as strict. */
  toOtherCookie(name: string, value: string, maxAgeSeconds: number): string {
    return toSetCookie(this.cookies, { name, value, maxAgeSeconds });
  }

  findOther({ headers }: Pick<BrowserRequest, 'headers'>, name: string): string | undefined {
    return findCookie(this.cookies, headers.cookie, name);
  }

  /** The `Set-Cookie` after which the browser has none. */
  toEndedCookie(): string {
    return toSetCookie(this.cookies, { name: COOKIE, value: '', maxAgeSeconds: 0 });
  }
}

/** A stream is opened, and opened again, by the page itself; a browser lets no script say so. */
function isUnattended({ headers }: BrowserRequest): boolean {
  return headers[UNATTENDED_HEADER] !== undefined || headers.accept === 'text/event-stream';
}

function hasToken(presented: string | string[] | undefined, secret: string): boolean {
  const expected = Buffer.from(toCsrfToken(secret));
  const given = Buffer.from(typeof presented === 'string' ? presented : '');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
