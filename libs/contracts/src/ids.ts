import { v5 as uuidV5 } from 'uuid';
import { z } from 'zod';

/** Longest id accepted anywhere, in UTF-16 code units. */
export const ID_LENGTH_MAX = 256;

/**
 * Any outside id (order, customer, merchant, session): 1 … 256 characters, no control characters, and no lone
 * surrogates, which PostgreSQL could not store.
 */
export const outsideId = z
  .string()
  .min(1, { error: 'must not be empty' })
  .max(ID_LENGTH_MAX, { error: `at most ${ID_LENGTH_MAX} characters` })
  .refine((text) => !/\p{Cc}/u.test(text), { error: 'control characters are not allowed' })
  .refine((text) => text.isWellFormed(), { error: 'not well-formed Unicode' });

/** Free text from outside: bounded, no control characters but line breaks and tabs. */
export function outsideText(lengthMax: number) {
  return z
    .string()
    .max(lengthMax, { error: `at most ${lengthMax} characters` })
    .refine((text) => !/[^\P{Cc}\n\r\t]/u.test(text), { error: 'control characters are not allowed' })
    .refine((text) => text.isWellFormed(), { error: 'not well-formed Unicode' });
}

/** Primer's payment attempt id: a UUID, compared in lower case. */
export const paymentAttemptId = z
  .uuid({ error: 'a UUID expected' })
  .toLowerCase()
  .meta({ examples: ['6c5d3a30-3c2e-4f55-9d8e-5b3d5e3a5c7f'] });

const TOLLGATE_NAMESPACE = '6f0d5c1e-7d7b-5c55-9a7b-3d0f2a1c9e42';

/** What made an event: the thing whose handling emitted it. `ordinal` tells several of one kind apart. */
export interface EventCause {
  readonly source: string;
  readonly id: string;
  readonly ordinal?: number;
}

/**
 * Deterministic event id: UUIDv5 over producer, type, subject and cause, so that a crash between commit and
 * publish, or a second handling of the same cause, cannot give one effect two names, nor two effects one.
 */
export function toEventId(parts: { producer: string; type: string; subject: string; cause: EventCause }): string {
  const { producer, type, subject, cause } = parts;
  // JSON keeps the borders between the parts: no two lists of parts give one text.
  const name = JSON.stringify([producer, type, subject, cause.source, cause.id, cause.ordinal ?? 0]);
  return uuidV5(name, TOLLGATE_NAMESPACE);
}

/** What a header can carry of a secret: visible ASCII, hence no blank and no line break, wherever it was pasted from. */
export const HEADER_SECRET = /^[\x21-\x7e]+$/;
export const headerSecret = z
  .string()
  .regex(HEADER_SECRET, { error: 'visible ASCII characters expected, without blanks and line breaks' });
