import { StandardSchemaValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import { KnownError } from '@tollgate/contracts';

type FieldProblem = { path: string; message: string };
type Issue = Parameters<
  NonNullable<ConstructorParameters<typeof StandardSchemaValidationPipe>[0]>['exceptionFactory'] & {}
>[0][number];

/** So many field errors are answered; what is wrong with the rest shows when these are put right. */
const FIELD_ERRORS_MAX = 50;

/** The schema's verdict, before it is told which parameter it is about. */
class MisfitError extends Error {
  constructor(readonly fields: readonly FieldProblem[]) {
    super('The value does not fit its schema');
  }
}

/**
 * Validates every parameter that carries a schema (`@Body({ schema })`, `@Param('id', { schema })`, `@Query({ schema })`)
 * and hands on what the schema made of it. A misfit is a 422 with the path of each field.
 */
export class SchemaValidationPipe extends StandardSchemaValidationPipe {
  constructor() {
    super({ exceptionFactory: (issues) => new MisfitError(issues.map(toFieldProblem)) });
  }

  override async transform<T = unknown>(value: T, metadata: ArgumentMetadata): Promise<T> {
    // A path or query parameter with a schema of its own is named by its place in the route.
    const named = (path: string): string => [metadata.data, path].filter(Boolean).join('.');
    const result = await super.transform<T>(value, metadata).catch((error: unknown) => {
      if (error instanceof MisfitError) {
        throw toValidationError(error.fields.map(({ path, message }) => ({ path: named(path), message })));
      }
      throw error;
    });
    if (metadata.type !== 'custom' && !Buffer.isBuffer(result)) {
      const problem = findUnstorableText(result, named(''));
      if (problem !== undefined) {
        throw toValidationError([problem]);
      }
    }
    return result;
  }
}

function toValidationError(errors: readonly FieldProblem[]): KnownError {
  return new KnownError('VALIDATION_FAILED', { facts: { errors: errors.slice(0, FIELD_ERRORS_MAX) } });
}

function toFieldProblem(issue: Issue): FieldProblem {
  const path = (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.');
  // The parser hands an integer beyond 2^53-1 on as a bigint, a word that means nothing to the caller.
  const message = issue.message.includes('received bigint')
    ? `must be an integer no greater than ${Number.MAX_SAFE_INTEGER}`
    : issue.message;
  return { path, message };
}

/**
 * PostgreSQL stores neither U+0000 nor half a surrogate pair, in text or jsonb. Free-form fields (metadata, a raw
 * path parameter) may carry them past their schema; here they end as a 422 instead of a failed statement.
 */
function findUnstorableText(value: unknown, path: string): FieldProblem | undefined {
  if (typeof value === 'string') {
    return value.includes('\u0000') || !value.isWellFormed()
      ? { path, message: 'U+0000 and unpaired surrogates are not allowed' }
      : undefined;
  }
  if (typeof value !== 'object' || value === null || value instanceof Date) {
    return undefined;
  }
  for (const [key, item] of Object.entries(value)) {
    const itemPath = path === '' ? key : `${path}.${key}`;
    const problem = findUnstorableText(key, path) ?? findUnstorableText(item, itemPath);
    if (problem !== undefined) {
      return problem;
    }
  }
  return undefined;
}
