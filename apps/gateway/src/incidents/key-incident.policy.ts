import type { PaymentCommand } from '@tollgate/contracts';

/** What a key was used for: Primer's keys are scoped, and one that may read may not refund for all that. */
export type KeyUse = 'attempt' | 'read' | PaymentCommand['kind'];

/** Since when a merchant's key is known to work, by what it was last used for with success. */
export type KeySuccesses = ReadonlyMap<KeyUse, Date>;

/** An open incident KEY_REFUSED, as far as it says whether it is over. */
export interface RefusedKey {
  readonly facts: Readonly<Record<string, unknown>>;
  readonly last_seen_at: Date;
}

/**
 * True if the key has worked since it was last refused. 401 is about the whole key, 403 about one use of it, which only
 * the same use shows to be allowed again.
 */
export function isKeyRestored({ facts, last_seen_at: refusedAt }: RefusedKey, successes: KeySuccesses): boolean {
  const isSince = (workedAt: Date | undefined) => workedAt !== undefined && workedAt.getTime() > refusedAt.getTime();
  if (!String(facts['lastAnswer']).startsWith('403')) {
    return [...successes.values()].some(isSince);
  }
  return isSince(successes.get(toKeyUse(facts)));
}

function toKeyUse({ command }: Readonly<Record<string, unknown>>): KeyUse {
  return typeof command === 'string' ? (command as PaymentCommand['kind']) : 'attempt';
}
