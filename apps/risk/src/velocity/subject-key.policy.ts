import { createHash } from 'node:crypto';
import type { VelocityKind } from './velocity.types.ts';

/** Something that attempts of one merchant have in common: a card, a customer, an e-mail address, … */
export interface Subject {
  readonly merchantId: string;
  readonly kind: VelocityKind;
  readonly value: string;
}

/**
 * The key of a subject's row: the first 128 bits of a SHA-256, written as a UUID, for a short index. What is personal is
 * a keyed hash already when it comes here.
 */
export function toSubjectKey({ merchantId, kind, value }: Subject): string {
  // JSON keeps the borders between the parts.
  const hex = createHash('sha256')
    .update(JSON.stringify([merchantId, kind, value]), 'utf8')
    .digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

/** A value as it is told from others of its kind: 64 bits of a SHA-256. */
export function toValueDigest(value: string): bigint {
  return createHash('sha256').update(value, 'utf8').digest().readBigUInt64LE(0);
}
