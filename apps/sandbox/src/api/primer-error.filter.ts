import { type ArgumentsHost, Catch, type ExceptionFilter, Injectable } from '@nestjs/common';
import { Log } from '@tollgate/platform';
import type { FastifyReply } from 'fastify';
import { randomInt } from 'node:crypto';
import { internalError, PrimerError } from './primer.errors.ts';
import { SpoiltAnswer } from './spoilt-answer.errors.ts';
import { SpoiltAnswerWriter } from './spoilt-answer-writer.service.ts';

/** Answers every error of Primer's API in Primer's envelope; what is none of Primer's errors is a 500 without its text. */
@Catch()
@Injectable()
export class PrimerErrorFilter implements ExceptionFilter {
  constructor(
    private readonly log: Log,
    private readonly writer: SpoiltAnswerWriter,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    if (error instanceof SpoiltAnswer) return this.writer.write(error, host.switchToHttp().getResponse<FastifyReply>());
    const known = error instanceof PrimerError ? error : internalError();
    if (known !== error) this.log.error('A call of the emulated API failed', { error });
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    void reply.code(known.status).headers(known.headers).send(known.toBody(newDiagnosticsId()));
  }
}

function newDiagnosticsId(): string {
  return String(randomInt(10 ** 9, 10 ** 10));
}
