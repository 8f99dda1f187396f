import { ERRORS, KnownError, problemType, type ErrorCode, type ProblemDetails } from '@tollgate/contracts';

/** An HTTP answer that says what went wrong. */
export interface Problem {
  readonly status: number;
  readonly code: ErrorCode;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ProblemDetails;
}

/** What is sent for a problem: problem details, or the shape of whoever else's API is kept. */
export interface ProblemAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
}

/** How the problems of some paths are answered; undefined: as problem details. */
export type AnswerProblem = (url: string, problem: Problem) => ProblemAnswer | undefined;

/** A retriable problem that names no delay of its own asks for this one. */
const RETRY_AFTER_SECONDS_DEFAULT = 1;

/** Fastify's error codes that say more than their status. */
const FASTIFY_CODES: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'BODY_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'MALFORMED_JSON',
  FST_ERR_CTP_INVALID_JSON_BODY: 'MALFORMED_JSON',
};

const STATUS_CODES: Readonly<Record<number, ErrorCode>> = {
  401: 'UNAUTHENTICATED',
  403: 'SCOPE_MISSING',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  413: 'BODY_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  422: 'VALIDATION_FAILED',
};

/**
 * The error of the closed list that stands for any thrown thing: itself, the framework's complaint about a request
 * translated, or INTERNAL with the original as its cause.
 */
export function toKnownError(error: unknown): KnownError {
  if (error instanceof KnownError) {
    return error;
  }
  const code = findFrameworkCode(error) ?? findFrameworkCode((error as Error | undefined)?.cause);
  return new KnownError(code ?? 'INTERNAL', { cause: error });
}

function findFrameworkCode(error: unknown): ErrorCode | undefined {
  if (!(error instanceof Error)) {
    return undefined;
  }
  const { code, statusCode, status } = error as { code?: unknown; statusCode?: unknown; status?: unknown };
  const known = typeof code === 'string' ? FASTIFY_CODES[code] : undefined;
  const httpStatus = typeof statusCode === 'number' ? statusCode : status;
  if (known !== undefined || typeof httpStatus !== 'number') {
    return known;
  }
  return STATUS_CODES[httpStatus] ?? (httpStatus >= 400 && httpStatus < 500 ? 'MALFORMED_REQUEST' : undefined);
}

/**
 * The problem-details answer (RFC 9457) to an error. Details and facts are shown for what the caller did; what is
 * wrong on our side is told by its title alone.
 */
export function toProblem(error: KnownError, traceId: string | undefined): Problem {
  const { status, title } = ERRORS[error.code];
  const { errors, retryAfterSeconds, allow, challenge, ...facts } = error.facts;
  const isCallers = status < 500;
  const body: ProblemDetails = {
    type: problemType(error.code),
    title,
    status,
    code: error.code,
    ...(isCallers && error.message !== title ? { detail: error.message } : {}),
    ...(isCallers && Array.isArray(errors) ? { errors: errors as ProblemDetails['errors'] } : {}),
    ...(isCallers && Object.keys(facts).length > 0 ? { facts } : {}),
    ...(traceId === undefined ? {} : { traceId }),
  };
  const headers: Record<string, string> = { 'content-type': 'application/problem+json; charset=utf-8' };
  if (status === 401) {
    headers['www-authenticate'] = typeof challenge === 'string' ? challenge : 'Bearer realm="tollgate"';
  }
  if (status === 405 && typeof allow === 'string') {
    headers['allow'] = allow;
  }
  if (error.retriable) {
    const seconds = typeof retryAfterSeconds === 'number' ? retryAfterSeconds : RETRY_AFTER_SECONDS_DEFAULT;
    headers['retry-after'] = String(Math.max(1, Math.ceil(seconds)));
  }
  return { status, code: error.code, headers, body };
}

/** Facts may hold money: a bigint is written as a decimal string. */
export function toProblemText(body: object): string {
  return JSON.stringify(body, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
}
