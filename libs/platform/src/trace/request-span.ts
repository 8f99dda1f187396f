import type { FastifyReply, FastifyRequest } from 'fastify';
import { activeSpans } from './spans.ts';
import type { TraceContext } from './trace-context.ts';

/** Asked all the time, about nothing that happened. */
const UNTRACED = /^\/(?:health\/|metrics$|docs|openapi\.json$)/;

/**
 * Starts the span of a request, which ends with its answer, and returns the context to go on with; undefined while no
 * traces are exported, and for what a supervisor asks.
 */
export function startRequestSpan(
  request: FastifyRequest,
  reply: FastifyReply,
  parent: string | undefined,
): TraceContext | undefined {
  const spans = activeSpans();
  const route = request.routeOptions?.url;
  if (spans === undefined || (route !== undefined && UNTRACED.test(route))) {
    return undefined;
  }
  const span = spans.start(route === undefined ? request.method : `${request.method} ${route}`, {
    kind: 'server',
    parent,
    attributes: { 'http.request.method': request.method, ...(route === undefined ? {} : { 'http.route': route }) },
  });
  // Comes once for every answer, also for one that the caller did not wait for.
  reply.raw.once('close', () => {
    const { statusCode } = reply.raw;
    span.set({ 'http.response.status_code': statusCode });
    span.end(statusCode >= 500 ? String(statusCode) : undefined);
  });
  return span.context;
}
