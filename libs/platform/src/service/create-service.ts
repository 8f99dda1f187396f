import type { DynamicModule, Type } from '@nestjs/common';
import { ModuleRef, NestFactory } from '@nestjs/core';
import type { CustomTransportStrategy } from '@nestjs/microservices';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { Socket } from 'node:net';
import { Authenticator } from '../auth/authenticator.ts';
import { BROWSER_SESSIONS, type BrowserSessions } from '../auth/browser-sessions.ts';
import { HttpGate } from '../http/http-gate.ts';
import { acceptBodies } from '../http/json-body.ts';
import { serveOpenApi } from '../http/open-api.ts';
import { ProblemFilter } from '../http/problem.filter.ts';
import { RequestsInHand } from '../http/requests-in-hand.ts';
import { type AnswerProblem, toKnownError, toProblem, toProblemText } from '../http/problem.policy.ts';
import { Log } from '../logs/log.ts';
import { NestLog } from '../logs/nest-log.ts';
import { Metrics } from '../metrics/metrics.ts';
import { findProviders } from './find-providers.ts';

/**
 * Injection token of a microservice strategy (a consumer of topics). Every provider of this token, in any module, is
 * started with the service and closed with it.
 */
export const SERVICE_STRATEGY = Symbol('SERVICE_STRATEGY');

export interface ServiceOptions {
  readonly service: string;
  /** The app's module; it imports `PlatformModule.forRoot`. */
  readonly module: Type<unknown> | DynamicModule;
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Longest body accepted, default 256 kB (262,144 bytes). */
  readonly bodyLimitBytes?: number;
  /** Addresses and networks (CIDR) of proxies that are believed where a request comes from; default: nobody is. */
  readonly trustedProxies?: readonly string[];
  /** How the problems of some paths are answered, where that is not by problem details. */
  readonly answerProblem?: AnswerProblem;
  /** `/openapi.json` and `/docs`; `open` asks for no key. */
  readonly openApi?: { readonly title?: string; readonly description?: string; readonly open?: boolean };
}

const BODY_LIMIT_BYTES_DEFAULT = 256 * 1024;
/** A path parameter may be longer than any id, so that the schema can say so; the router refuses it above this. */
const PARAM_LENGTH_MAX = 1024;
/** From the first byte to the last of a request; ends a client that sends a byte a minute. */
const REQUEST_TIMEOUT_MS = 30_000;

/** Builds the application with everything that {@link runService} serves, and starts nothing. For tests and runService. */
export async function createService(options: ServiceOptions): Promise<NestFastifyApplication> {
  const { service, module, openApi = {}, trustedProxies = [] } = options;
  const bodyLimitBytes = options.bodyLimitBytes ?? BODY_LIMIT_BYTES_DEFAULT;
  const early: EarlyErrors = { answer: answerWithoutGate };
  const adapter = new FastifyAdapter({
    bodyLimit: bodyLimitBytes,
    requestTimeout: REQUEST_TIMEOUT_MS,
    trustProxy: trustedProxies.length > 0 && [...trustedProxies],
    // Requests that come on open connections while the service stops are still served: they were promised.
    return503OnClosing: false,
    routerOptions: { maxParamLength: PARAM_LENGTH_MAX },
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) =>
      early.answer(error, request, reply),
    clientErrorHandler: answerUnreadableRequest,
  });
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    bufferLogs: true,
    bodyParser: false,
    abortOnError: false,
  });
  const log = app.get(Log);
  app.useLogger(new NestLog(log));

  const openPaths = new Set(openApi.open === true ? ['/openapi.json'] : []);
  const gate = new HttpGate(
    app.get(Authenticator),
    app.get(RequestsInHand),
    log.for('Http'),
    app.get(Metrics),
    openPaths,
    findProviders<BrowserSessions>(app.get(ModuleRef), BROWSER_SESSIONS)[0],
  );
  const fastify = adapter.getInstance();
  gate.install(fastify);
  acceptBodies(fastify, bodyLimitBytes);
  const filter = app.get(ProblemFilter);
  filter.answerProblem = options.answerProblem ?? filter.answerProblem;
  early.answer = answerThrough(gate, filter);
  serveOpenApi(app, { title: openApi.title ?? `Tollgate ${service}`, description: openApi.description });

  for (const strategy of findProviders<CustomTransportStrategy>(app.get(ModuleRef), SERVICE_STRATEGY)) {
    app.connectMicroservice({ strategy });
  }
  return app;
}

type AnswerError = (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => void;

interface EarlyErrors {
  answer: AnswerError;
}

/** The router's own complaints (a malformed URL, an over-long parameter) come before any hook: here the key is first, too. */
function answerThrough(gate: HttpGate, filter: ProblemFilter): AnswerError {
  return (complaint, request, reply) => {
    gate.begin(request, reply);
    void gate.refuseUnroutable(request, complaint).then((refusal) => filter.answer(refusal, request, reply));
  };
}

function answerWithoutGate(error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
  const problem = toProblem(toKnownError(error), undefined);
  void reply.code(problem.status).headers(problem.headers).send(toProblemText(problem.body));
}

/** Bytes that are no HTTP request: answered on the socket itself, since there is no request to answer. */
function answerUnreadableRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, text] = UNREADABLE[error.code ?? ''] ?? [400, 'Bad Request'];
  const { body, headers } = toProblem(toKnownError(Object.assign(new Error(text), { statusCode: 400 })), undefined);
  const content = toProblemText({ ...body, status });
  socket.end(
    `HTTP/1.1 ${status} ${text}\r\ncontent-type: ${headers['content-type']}\r\n` +
      `content-length: ${Buffer.byteLength(content)}\r\nconnection: close\r\n\r\n${content}`,
  );
}

const UNREADABLE: Readonly<Record<string, readonly [number, string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout'],
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large'],
};
