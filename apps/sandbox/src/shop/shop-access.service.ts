import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { ShopOptions } from './shop-options.types.ts';

/** A working day: `npm start` prints a link once, and a person opens it when there is time. */
const LINK_LIFE_MS = 12 * 60 * 60_000;
const SESSION_LIFE_MS = 2 * 60 * 60_000;
const COOKIE_NAME = 'tollgate_shop';
const KEY_BYTES = 32;

/** A right that is over by itself; `until` is Unix time in milliseconds. */
interface Issued {
  readonly token: string;
  readonly until: number;
}

/**
 * Who may use the shop: whoever opens a link that an operator had made, for as long as the session cookie lives. Both
 * are signed claims, so a restart ends no session and another operator token ends all. They last by the machine's clock,
 * never by the virtual one, which tests move by days.
 */
@Injectable()
export class ShopAccess {
  private readonly key: Buffer;

  constructor(options: ShopOptions) {
    this.key = Buffer.from(hkdfSync('sha256', options.operatorToken, '', 'tollgate shop', KEY_BYTES));
  }

  /** A link to hand to a person; it opens sessions until it is over. */
  issueLink(nowMs: number = Date.now()): Issued {
    return this.issue('link', nowMs + LINK_LIFE_MS);
  }

  isLink(token: string | undefined, nowMs: number = Date.now()): boolean {
    return token !== undefined && this.isValid('link', token, nowMs);
  }

  /**
   * The `Set-Cookie` that begins a session: for this browser and the shop's own pages, unreadable for scripts. Lax, for the
   * link may stand on any page and the shop must open from it; what changes something asks for the page's own origin.
   */
  issueSessionCookie(nowMs: number = Date.now()): string {
    const { token } = this.issue('session', nowMs + SESSION_LIFE_MS);
    return `${COOKIE_NAME}=${token}; Path=/shop; Max-Age=${SESSION_LIFE_MS / 1000}; HttpOnly; SameSite=Lax`;
  }

  /** @param cookies the request's `Cookie` header */
  hasSession(cookies: string | undefined, nowMs: number = Date.now()): boolean {
    const tokens = (cookies ?? '').split(';').flatMap((cookie) => {
      const [name, value] = cookie.trim().split('=', 2);
      return name === COOKIE_NAME && value !== undefined ? [value] : [];
    });
    return tokens.some((token) => this.isValid('session', token, nowMs));
  }

  private issue(kind: 'link' | 'session', until: number): Issued {
    return { token: `${until}.${this.sign(kind, String(until)).toString('base64url')}`, until };
  }

  /** The kind is signed, too: a link is no session, and the other way round. */
  private isValid(kind: 'link' | 'session', token: string, nowMs: number): boolean {
    const [until = '', signature = ''] = token.split('.', 2);
    const presented = Buffer.from(signature, 'base64url');
    const expected = this.sign(kind, until);
    return presented.length === expected.length && timingSafeEqual(presented, expected) && nowMs < Number(until);
  }

  private sign(kind: 'link' | 'session', until: string): Buffer {
    return createHmac('sha256', this.key).update(`${kind}.${until}`).digest();
  }
}
