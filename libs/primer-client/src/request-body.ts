import { KnownError } from '@tollgate/contracts';
import type { z } from 'zod';

/** Writes a number into JSON exactly as its digits say (ECMAScript, JSON.parse source text access). */
const { rawJSON } = JSON as unknown as { rawJSON: (text: string) => unknown };

/** JSON in which every `bigint` is an integer, all of its digits kept. */
export function toJsonText(body: unknown): string {
  return JSON.stringify(body, (_key, value: unknown) =>
    typeof value === 'bigint' ? rawJSON(value.toString()) : value,
  );
}

/**
 * Checks what is about to be sent: Primer must never be the first to find out that a request makes no sense.
 * @throws KnownError VALIDATION_FAILED with the path of every misfit, and never a value: it could be a token
 */
export function toValidBody<Schema extends z.ZodType>(schema: Schema, request: unknown): z.output<Schema> {
  const result = schema.safeParse(request);
  if (result.success) {
    return result.data;
  }
  const errors = result.error.issues.map(({ path, code, message }) => ({
    path: ['$', ...path.map(String)].join('.'),
    problem: code === 'unrecognized_keys' ? 'a field that Primer does not know' : message,
  }));
  throw new KnownError('VALIDATION_FAILED', {
    detail: 'The request to Primer does not fit its schema',
    facts: { errors },
  });
}

/** @throws KnownError VALIDATION_FAILED for an id that would lead to another path */
export function toPathId(id: string): string {
  if (id === '' || id === '.' || id === '..' || id.length > 256 || !id.isWellFormed()) {
    throw new KnownError('VALIDATION_FAILED', { detail: 'This id cannot stand in a path' });
  }
  return id;
}

/** @throws KnownError VALIDATION_FAILED for a key that no header can carry, or longer than 255 characters */
export function toIdempotencyKey(key: string): string {
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw new KnownError('VALIDATION_FAILED', { detail: 'An idempotency key has 1 … 255 printable ASCII characters' });
  }
  return key;
}
