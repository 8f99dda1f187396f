import { BadRequestException, HttpException } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { ERRORS, KnownError, problemDetails, type ErrorCode } from '@tollgate/contracts';
import { toKnownError, toProblem, toProblemText } from './problem.policy.ts';

describe('a problem', () => {
  it.each(Object.keys(ERRORS) as ErrorCode[])(
    'of code %s has its status, fits the schema, and hides what is ours',
    (code) => {
      const error = new KnownError(code, { detail: 'a detail', facts: { amountMinor: 5n, retryAfterSeconds: 2.2 } });
      const { status, headers, body } = toProblem(error, 'f'.repeat(32));
      expect(status).toBe(ERRORS[code].status);
      expect(problemDetails.parse(JSON.parse(toProblemText(body)))).toMatchObject({ code, status });
      expect(headers['retry-after']).toBe(ERRORS[code].retriable ? '3' : undefined);
      expect(body.detail).toBe(status < 500 ? 'a detail' : undefined);
      expect(body.facts).toEqual(status < 500 ? { amountMinor: 5n } : undefined);
    },
  );
});

describe('what anything thrown stands for', () => {
  const fastifyError = (code: string, statusCode: number) => Object.assign(new Error('text'), { code, statusCode });

  it.each<[string, unknown, ErrorCode]>([
    ['a known error', new KnownError('PAYMENT_NOT_FOUND'), 'PAYMENT_NOT_FOUND'],
    ['a too large body', fastifyError('FST_ERR_CTP_BODY_TOO_LARGE', 413), 'BODY_TOO_LARGE'],
    ['an unreadable type', fastifyError('FST_ERR_CTP_INVALID_MEDIA_TYPE', 415), 'UNSUPPORTED_MEDIA_TYPE'],
    ['an empty JSON body', fastifyError('FST_ERR_CTP_EMPTY_JSON_BODY', 400), 'MALFORMED_JSON'],
    ['a cut body', fastifyError('FST_ERR_CTP_INVALID_CONTENT_LENGTH', 400), 'MALFORMED_REQUEST'],
    [
      'one wrapped by Nest',
      new HttpException('x', 413, { cause: fastifyError('FST_ERR_CTP_BODY_TOO_LARGE', 413) }),
      'BODY_TOO_LARGE',
    ],
    ["Nest's own", new BadRequestException(), 'MALFORMED_REQUEST'],
    ['an unusual status', new HttpException('x', 418), 'MALFORMED_REQUEST'],
    ['a 5xx of the framework', new HttpException('x', 503), 'INTERNAL'],
    ['a plain error', new Error('x'), 'INTERNAL'],
    ['a driver error whose code is no status', Object.assign(new Error('x'), { code: '23505' }), 'INTERNAL'],
    ['a string', 'x', 'INTERNAL'],
    ['nothing', undefined, 'INTERNAL'],
  ])('%s', (_what, error, code) => {
    expect(toKnownError(error).code).toBe(code);
  });
});
