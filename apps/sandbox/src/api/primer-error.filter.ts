import { type ArgumentsHost, Catch, type ExceptionFilter, Injectable } from '@nestjs/common';
import { Log } from '@tollgate/platform';
import type { FastifyReply } from 'fastify';
import { randomInt } from 'node:crypto';
import { internalError, PrimerError } from './primer.errors.ts';

/** Answers every error of Primer's API in Primer's envelope; what is none of Primer's errors is a 500 without its text. */
@Catch()
@Injectable()
export class PrimerErrorFilter implements ExceptionFilter {
  constructor(private readonly log: Log) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const known = error instanceof PrimerError ? error : internalError();
    if (known !== error) this.log.error('A call of the emulated API failed', { error });
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    void reply.code(known.status).send(known.toBody(newDiagnosticsId()));
  }
}

function newDiagnosticsId(): string {
  return String(randomInt(10 ** 9, 10 ** 10));
}
