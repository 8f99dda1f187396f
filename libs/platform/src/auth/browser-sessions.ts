import type { IncomingHttpHeaders } from 'node:http';

/** Of a request, what tells a page of ours from somebody else's. */
export interface BrowserRequest {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
}

/** Sessions that browsers hold in a cookie. Provided by a service with pages, under {@link BROWSER_SESSIONS}. */
export interface BrowserSessions {
  /** The session's secret in the request's cookie: a bearer key like any other. */
  findSecret(request: BrowserRequest): string | undefined;
  /**
   * Asked for every request without an `Authorization` header, that of an open route too.
   * @param secret the session whose rights the request would use
   * @throws KnownError CROSS_SITE_REQUEST for one that changes something and was not sent by a page of our own
   */
  assertFromOwnPage(request: BrowserRequest, secret: string | undefined): void;
  /** A request with the session was let in: whether a person has asked for it tells the request. Must not throw. */
  noticeUse(request: BrowserRequest, secret: string): void;
}

/** Injection token of the {@link BrowserSessions}. Without a provider cookies mean nothing. */
export const BROWSER_SESSIONS = Symbol('BROWSER_SESSIONS');
