import type { PaymentCommand } from '@tollgate/contracts';

/** What a key was used for: Primer's keys are scoped, and one that may read may not refund for all that. */
export type KeyUse = 'attempt' | 'read' | PaymentCommand['kind'];

/** A read for which Primer refused the key: 401 the whole key, 403 this use of it. */
export interface RefusedRead {
  readonly kind: 'key-refused';
  readonly status: 401 | 403;
}

/** The refusal of a read; undefined for another status. */
export function toRefusedRead(status: number): RefusedRead | undefined {
  return status === 401 || status === 403 ? { kind: 'key-refused', status } : undefined;
}

/** The refusal as an incident's last answer. */
export function describeRefusedRead({ status }: RefusedRead): string {
  return `${status}${OF_A_READ}`;
}

const OF_A_READ = ' to a read of payments';

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

function toKeyUse({ command, lastAnswer }: Readonly<Record<string, unknown>>): KeyUse {
  if (String(lastAnswer).endsWith(OF_A_READ)) {
    return 'read';
  }
  return typeof command === 'string' ? (command as PaymentCommand['kind']) : 'attempt';
}
