import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { KnownError } from '@tollgate/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '../logs/log.ts';
import { type AnswerProblem, toKnownError, toProblem, toProblemText, type Problem } from './problem.policy.ts';

/** Under overload one line tells of all refusals since the last one: a line each would be a load of its own. */
const OVERLOAD_LINE_MS = 10_000;

/** The one place where an error becomes an HTTP answer: problem details, a status from the closed list, a log line. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  /** Set where some paths answer in another API's shape. */
  answerProblem: AnswerProblem = () => undefined;
  private overloads = 0;
  private overloadToldAtMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly log: Log) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  /** Also called for errors raised before any route was found. */
  answer(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const known = toKnownError(error);
    const problem = toProblem(known, request.trace?.traceId);
    this.write(known, problem, request);
    if (reply.raw.headersSent) {
      // A stream had begun: the only honest end left is a broken connection.
      reply.raw.destroy();
      return;
    }
    const { status, headers, body } = this.answerProblem(request.url, problem) ?? problem;
    void reply.code(status).headers(headers).send(toProblemText(body));
  }

  private write(error: KnownError, { status, code }: Problem, request: FastifyRequest): void {
    if (status < 500) {
      if (this.log.isDebug()) {
        this.log.debug('A request was refused', { code, statusCode: status, ...routeOf(request) });
      }
    } else if (code === 'OVERLOADED') {
      this.writeOverload(request);
    } else if (error.retriable) {
      // Without a stack: when a dependency is away, every request ends here.
      const cause = error.cause instanceof Error ? error.cause.message : undefined;
      this.log.warn('A request could not be served now', {
        code,
        statusCode: status,
        reason: cause,
        ...routeOf(request),
      });
    } else {
      this.log.error('A request failed', {
        code,
        statusCode: status,
        error: error.cause ?? error,
        ...routeOf(request),
      });
    }
  }

  private writeOverload(request: FastifyRequest): void {
    this.overloads += 1;
    const nowMs = performance.now();
    if (nowMs - this.overloadToldAtMs >= OVERLOAD_LINE_MS) {
      this.overloadToldAtMs = nowMs;
      this.log.warn('Requests are refused: too many are in hand', { count: this.overloads, ...routeOf(request) });
      this.overloads = 0;
    }
  }
}

function routeOf(request: FastifyRequest): { method: string; route: string } {
  return { method: request.method, route: request.routeOptions?.url ?? 'none' };
}
