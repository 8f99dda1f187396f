import type { OutgoingHttpHeaders } from 'node:http';
import { KnownError, type Principal } from '@tollgate/contracts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Counter, Histogram } from 'prom-client';
import type { Authenticator } from '../auth/authenticator.ts';
import type { BrowserSessions } from '../auth/browser-sessions.ts';
import type { Log } from '../logs/log.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { runInTrace } from '../trace/correlation.ts';
import { startRequestSpan } from '../trace/request-span.ts';
import type { TraceContext } from '../trace/trace-context.ts';
import { continueTrace } from '../trace/traceparent.ts';
import { keepRawBody } from './json-body.ts';
import type { PlaceInHand, RequestsInHand } from './requests-in-hand.ts';
import { RouteTable } from './route-table.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The trace this request belongs to; null only before the first hook. */
    trace: TraceContext | null;
    /** Whose key was presented; null on open routes. */
    principal: Principal | null;
    /** The secret of the session that its cookie holds, when that is what it was let in by. */
    sessionSecret: string | null;
    /** Its place among the requests in hand; null on routes that are not counted. */
    placeInHand: PlaceInHand | null;
  }
}

/** Answers are about one caller's money: no cache keeps them, no browser guesses their type. */
const ANSWER_HEADERS: OutgoingHttpHeaders = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

const DOCUMENTATION = /^\/(?:docs(?:\/|$)|openapi\.json$)/;
const PAGE_CHALLENGE = 'Bearer realm="tollgate", Basic realm="Tollgate: any user, the operator token as password"';

/**
 * What happens to every request before anything else does: its trace, its key, its route's scope; and after it:
 * metrics and the log line. Runs in Fastify's onRequest hook, so a body is read for callers with a right to send it, and
 * asks once more when the body is here.
 */
export class HttpGate {
  private readonly routes = new RouteTable();
  private readonly durations: Histogram<'method' | 'route' | 'status'>;
  private readonly refusals: Counter<'status'>;

  constructor(
    private readonly authenticator: Authenticator,
    private readonly inHand: RequestsInHand,
    private readonly log: Log,
    metrics: Metrics,
    private readonly openPaths: ReadonlySet<string>,
    private readonly browserSessions?: BrowserSessions,
  ) {
    this.durations = metrics.histogram({
      name: 'http_request_duration_seconds',
      help: 'Time from the request line to the last byte of the answer',
      labelNames: ['method', 'route', 'status'],
    });
    this.refusals = metrics.counter({
      name: 'http_requests_unrouted_total',
      help: 'Requests that reached no route',
      labelNames: ['status'],
    });
  }

  install(fastify: FastifyInstance): void {
    fastify.decorateRequest('trace', null);
    fastify.decorateRequest('principal', null);
    fastify.decorateRequest('sessionSecret', null);
    fastify.decorateRequest('placeInHand', null);
    fastify.addHook('onRoute', ({ method, url }) => this.routes.add(method, url));
    fastify.addHook('onRequest', (request, reply, done) => {
      runInTrace(this.begin(request, reply), done);
    });
    fastify.addHook('onRequest', (request, reply) => this.admit(request, reply));
    fastify.addHook('preHandler', (request) => this.admitAgain(request));
    fastify.addHook('onResponse', (request, reply, done) => {
      this.finish(request, reply);
      done();
    });
  }

  /** Gives the request its trace and the answer its headers. */
  begin(request: FastifyRequest, reply: FastifyReply): TraceContext {
    const header = request.headers['traceparent'];
    const parent = typeof header === 'string' ? header : undefined;
    const trace = startRequestSpan(request, reply, parent) ?? continueTrace(parent);
    request.trace = trace;
    void reply.headers({ ...ANSWER_HEADERS, 'x-request-id': trace.traceId });
    return trace;
  }

  /**
   * Lets the request in, or says why not. The key comes first; whether there is such a route, only after it.
   * @throws KnownError UNAUTHENTICATED, SCOPE_MISSING, CROSS_SITE_REQUEST, METHOD_NOT_ALLOWED, OVERLOADED, or retriable if the key cannot be looked up
   */
  async admit(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { config, url } = request.routeOptions;
    if (config?.rawBody === true) {
      keepRawBody(request);
    }
    if (config?.access !== undefined && 'open' in config.access) {
      if (request.headers.authorization === undefined) {
        this.browserSessions?.assertFromOwnPage(request, undefined);
      }
      this.takePlace(request, reply);
      return;
    }
    if (url !== undefined && this.openPaths.has(url)) {
      return;
    }
    await this.assertAllowed(request);
    this.takePlace(request, reply);
  }

  /**
   * Asks once more when the body is here as well: it may be half a minute in coming, and whoever is dismissed meanwhile
   * would finish what they had begun.
   * @throws KnownError as {@link admit} does
   */
  async admitAgain(request: FastifyRequest): Promise<void> {
    if (request.principal !== null && request.body !== undefined) {
      await this.assertAllowed(request);
    }
  }

  private async assertAllowed(request: FastifyRequest): Promise<void> {
    const principal = await this.findPrincipal(request);
    if (principal === undefined) {
      throw new KnownError('UNAUTHENTICATED', isPage(request) ? { facts: { challenge: PAGE_CHALLENGE } } : {});
    }
    request.principal = principal;
    if (request.is404) {
      this.assertMethodUnknown(request);
      return;
    }
    const { access } = request.routeOptions.config ?? {};
    const scopes = access !== undefined && 'anyOf' in access ? access.anyOf : (['operator'] as const);
    if (!scopes.some((scope) => principal.scopes.includes(scope))) {
      throw new KnownError('SCOPE_MISSING', { facts: { anyOf: scopes } });
    }
  }

  private takePlace(request: FastifyRequest, reply: FastifyReply): void {
    if (request.routeOptions.config?.countsInHand === true && request.principal?.kind !== 'operator') {
      request.placeInHand = this.inHand.take(reply.raw);
    }
  }

  /**
   * What to answer to a request whose target the router could not read: any valid key may hear what is wrong with
   * it, everybody else hears about the key.
   */
  async refuseUnroutable(request: FastifyRequest, complaint: Error): Promise<unknown> {
    try {
      return (await this.findPrincipal(request)) === undefined ? new KnownError('UNAUTHENTICATED') : complaint;
    } catch (error) {
      return error;
    }
  }

  private async findPrincipal(request: FastifyRequest): Promise<Principal | undefined> {
    const header = request.headers.authorization;
    if (header === undefined) {
      return this.findPrincipalOfBrowser(request);
    }
    const principal = await this.authenticator.findPrincipal(header);
    return principal ?? (isPage(request) ? this.authenticator.findPrincipalOfPage(header) : undefined);
  }

  /** A cookie comes along by itself, whoever sent the browser here: what changes something must be shown to be ours. */
  private async findPrincipalOfBrowser(request: FastifyRequest): Promise<Principal | undefined> {
    const secret = this.browserSessions?.findSecret(request);
    const principal = secret === undefined ? undefined : await this.authenticator.findPrincipalOfKey(secret);
    // A cookie is a session's, whatever else would be a key in an Authorization header.
    if (secret === undefined || principal?.kind !== 'person') {
      return undefined;
    }
    this.browserSessions?.assertFromOwnPage(request, secret);
    request.sessionSecret = secret;
    this.browserSessions?.noticeUse(request, secret);
    return principal;
  }

  private assertMethodUnknown(request: FastifyRequest): void {
    const methods = this.routes.findMethods(request.url);
    if (methods.length > 0) {
      throw new KnownError('METHOD_NOT_ALLOWED', { facts: { allow: methods.join(', ') } });
    }
  }

  private finish(request: FastifyRequest, reply: FastifyReply): void {
    const route = request.routeOptions.url;
    const { statusCode, elapsedTime } = reply;
    if (route === undefined) {
      this.refusals.inc({ status: statusCode });
    } else {
      this.durations.observe({ method: request.method, route, status: statusCode }, elapsedTime / 1000);
    }
    if (this.log.isDebug()) {
      this.log.debug('A request was answered', {
        method: request.method,
        route: route ?? 'none',
        statusCode,
        durationMs: Math.round(elapsedTime * 100) / 100,
        merchantId: request.principal?.merchantId,
      });
    }
  }
}

/** True for what a person opens in a browser, which asks for a password when it is told to. */
function isPage(request: FastifyRequest): boolean {
  return DOCUMENTATION.test(request.url.split('?', 1)[0] ?? '');
}
