import { PrimerError } from '../api/primer.errors.ts';
import type { FaultDefinition } from './fault.schema.ts';

/** What an ANSWER fault says when it names no error id; the documents know no 429 and no 5xx but 504. */
const ERROR_IDS: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'PaymentAttemptNotFound',
  409: 'InvalidPaymentAttemptTransition',
  410: 'PaymentAttemptExpired',
  422: 'RequestValidationError',
  429: 'TooManyRequests',
  500: 'InternalServerError',
  502: 'BadGateway',
  503: 'ServiceUnavailable',
  504: 'GatewayTimeout',
};

/** The error that an ANSWER fault answers. */
export function faultAnswer(fault: Extract<FaultDefinition, { kind: 'ANSWER' }>): PrimerError {
  const { status, retryAfterSeconds } = fault;
  return new PrimerError({
    status,
    errorId: fault.errorId ?? ERROR_IDS[status] ?? 'Error',
    description: 'This answer was asked for.',
    headers: retryAfterSeconds === undefined ? undefined : { 'retry-after': String(retryAfterSeconds) },
  });
}
