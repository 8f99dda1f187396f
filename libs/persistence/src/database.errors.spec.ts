import { describe, expect, it } from '@jest/globals';
import { KnownError } from '@tollgate/contracts';
import { classifyDatabaseError, isUniqueViolation, toDatabaseError } from './database.errors.ts';

function failure(code: string | undefined, message = 'x', more: object = {}): Error {
  return Object.assign(new Error(message), code === undefined ? {} : { code }, more);
}

describe('an error of the database', () => {
  it.each(['ECONNREFUSED', 'ECONNRESET', '57P01', '57P03', '25P03', '53300', '08006', '28P01', '58030', '25006'])(
    'means "away for now" with code %s',
    (code) => {
      expect(classifyDatabaseError(failure(code))).toBe('unavailable');
    },
  );

  it.each([
    'Connection terminated unexpectedly',
    'timeout exceeded when trying to connect',
    'Query read timeout',
    'Client has encountered a connection error and is not queryable',
  ])('means "away for now" when pg says: %s', (message) => {
    expect(classifyDatabaseError(failure(undefined, message))).toBe('unavailable');
  });

  it.each(['40001', '40P01', '55P03', '57014'])('asks for another try with code %s', (code) => {
    expect(classifyDatabaseError(failure(code))).toBe('conflict');
  });

  it.each(['23505', '23503', '42601', '42P01', '22P02', '42501', 'XX000'])('stays what it is with code %s', (code) => {
    const error = failure(code);
    expect(toDatabaseError(error)).toBe(error);
  });

  it('gives a connection up whose prepared statement became stale by a migration', () => {
    expect(classifyDatabaseError(failure('0A000', 'cached plan must not change result type'))).toBe('unavailable');
    expect(classifyDatabaseError(failure('0A000', 'not supported'))).toBe('other');
  });

  it("is seen through TypeORM's wrapping", () => {
    const wrapped = Object.assign(new Error('QueryFailedError'), { driverError: failure('40P01') });
    expect(toDatabaseError(wrapped)).toMatchObject({ code: 'DATABASE_CONFLICT', retriable: true, cause: wrapped });
    expect(isUniqueViolation(Object.assign(new Error('w'), { driverError: failure('23505') }))).toBe(true);
  });

  it('is not wrapped twice', () => {
    const known = new KnownError('DATABASE_UNAVAILABLE');
    expect(toDatabaseError(known)).toBe(known);
    expect(toDatabaseError('text')).toBe('text');
  });

  it('does not take a five-letter socket code for a class of SQLSTATE', () => {
    expect(classifyDatabaseError(failure('EPERM'))).toBe('other');
  });
});
