import { parseJsonLossless } from '@tollgate/platform';
import type { z } from 'zod';
import { badRequest, requestValidationError } from './primer.errors.ts';

/**
 * Reads a JSON body. An empty body counts as an empty object, since Primer's bodies are all optional.
 *
 * @throws PrimerError 400 when the bytes are not JSON
 */
export function readJsonBody(bytes: Buffer | undefined): unknown {
  if (!bytes || bytes.length === 0) return {};
  try {
    return parseJsonLossless(bytes);
  } catch {
    throw badRequest();
  }
}

/**
 * Fits a value into a schema and answers what the schema made of it.
 *
 * @param model the name that the provider's documents give to the schema
 * @throws PrimerError 422 with the path of every misfit, and never a value: it could be a card number
 */
export function readValid<Schema extends z.ZodType>(schema: Schema, value: unknown, model: string): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const errors = result.error.issues.map((issue) => ({
    path: ['$', ...issue.path.map(String)].join('.'),
    description: describeIssue(issue),
  }));
  throw requestValidationError([{ model, errors }]);
}

function describeIssue(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return isMissing(issue) ? 'Missing required field' : `Value must be a valid ${nameOfType(issue.expected)}`;
    case 'invalid_value':
      return 'Value must be one of those that the documents list';
    case 'unrecognized_keys':
      return 'Additional properties are not allowed';
    default:
      return issue.message;
  }
}

/** The schema library tells an absent value from a wrong one in its text alone. */
function isMissing(issue: z.core.$ZodIssueInvalidType): boolean {
  return issue.message.endsWith('received undefined');
}

/** Primer's numbers are all integers. */
function nameOfType(expected: string): string {
  return expected === 'int' || expected === 'number' ? 'integer' : expected;
}
