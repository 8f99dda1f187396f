import { KnownError, type Principal } from '@tollgate/contracts';

/** The merchant behind a key with a merchant's scope. @throws KnownError SCOPE_MISSING for anybody else */
export function merchantOf(principal: Principal): string {
  if (principal.merchantId === undefined) {
    throw new KnownError('SCOPE_MISSING');
  }
  return principal.merchantId;
}
