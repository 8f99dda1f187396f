import { KnownError } from '@tollgate/contracts';

/** Node's codes of a connection that was not there, or went away. */
const SOCKET_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'ENOENT',
]);

/** pg and TypeORM report these without a code. */
const CONNECTION_MESSAGES = [
  'Connection terminated',
  'Connection ended unexpectedly',
  'timeout exceeded when trying to connect',
  'timeout expired',
  'Query read timeout',
  'is not queryable',
  'Cannot use a pool after calling end',
  'Driver not Connected',
  'Query runner already released',
];

/**
 * SQLSTATEs after which the session is gone or of no use (PostgreSQL manual, appendix A): connection exceptions,
 * resources, shutdown, a session ended by its own limits, system errors; a server that became read-only in a
 * fail-over; a login refused (a password being changed must cost waiting, never events).
 */
const UNAVAILABLE_STATES = new Set(['57P01', '57P02', '57P03', '57P04', '57P05', '25P03', '25P04', '25006', '3D000']);
const UNAVAILABLE_CLASSES = new Set(['08', '28', '53', '58']);

/** Another try may go through: serialization, deadlock, lock not available, statement time-out. */
const CONFLICT_STATES = new Set(['40001', '40P01', '55P03', '57014']);

/** After DDL by a newer instance a prepared statement may not be used again on this connection. */
const STALE_PLAN_MESSAGE = 'cached plan must not change result type';

/** What an error of the database means for whoever waits for it. */
export type DatabaseFault = 'unavailable' | 'conflict' | 'other';

/** Looks below TypeORM's wrapping. */
function driverErrorOf(error: unknown): { code?: unknown; message: string } | undefined {
  if (!(error instanceof Error)) {
    return undefined;
  }
  const driverError = (error as { driverError?: unknown }).driverError;
  return driverError instanceof Error ? driverError : error;
}

/** Classifies an error thrown by pg or TypeORM. Pure. */
export function classifyDatabaseError(error: unknown): DatabaseFault {
  const driverError = driverErrorOf(error);
  if (driverError === undefined || error instanceof KnownError) {
    return 'other';
  }
  const { code, message } = driverError;
  if (typeof code === 'string') {
    if (CONFLICT_STATES.has(code)) {
      return 'conflict';
    }
    if (UNAVAILABLE_STATES.has(code) || SOCKET_CODES.has(code)) {
      return 'unavailable';
    }
    if (code.length === 5 && UNAVAILABLE_CLASSES.has(code.slice(0, 2))) {
      return 'unavailable';
    }
    return message.includes(STALE_PLAN_MESSAGE) ? 'unavailable' : 'other';
  }
  return CONNECTION_MESSAGES.some((text) => message.includes(text)) ? 'unavailable' : 'other';
}

/**
 * Wraps what another try may get past into a retriable {@link KnownError}; everything else, unique violations among
 * it, comes back as it was, so that handlers can map it.
 */
export function toDatabaseError(error: unknown, detail?: string): unknown {
  switch (classifyDatabaseError(error)) {
    case 'unavailable':
      return new KnownError('DATABASE_UNAVAILABLE', { ...(detail === undefined ? {} : { detail }), cause: error });
    case 'conflict':
      return new KnownError('DATABASE_CONFLICT', { cause: error });
    default:
      return error;
  }
}

const UNIQUE_VIOLATION = '23505';

/** True for a violated primary key or unique index, of the named constraint if one is given. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  const driverError = driverErrorOf(error) as { code?: unknown; constraint?: unknown } | undefined;
  return driverError?.code === UNIQUE_VIOLATION && (constraint === undefined || driverError.constraint === constraint);
}
