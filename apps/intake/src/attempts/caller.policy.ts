import { KnownError, type Principal } from '@tollgate/contracts';
import type { AttemptPoster } from './announced-attempt.policy.ts';

/** The merchant behind a key with a merchant's scope. @throws KnownError SCOPE_MISSING for anybody else */
export function merchantOf(principal: Principal): string {
  if (principal.merchantId === undefined) {
    throw new KnownError('SCOPE_MISSING');
  }
  return principal.merchantId;
}

/** By whose key an attempt is handed in. @throws KnownError SCOPE_MISSING for any but a merchant's */
export function posterOf(principal: Principal): AttemptPoster {
  const merchantId = merchantOf(principal);
  return principal.kind === 'merchant' ? { merchantId, personId: principal.personId } : { merchantId };
}
