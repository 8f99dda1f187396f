import { KnownError, type Principal } from '@tollgate/contracts';

/** The merchant behind a key with a merchant's scope. @throws KnownError SCOPE_MISSING for anybody else */
export function merchantOf(principal: Principal): string {
  if (principal.merchantId === undefined) {
    throw new KnownError('SCOPE_MISSING');
  }
  return principal.merchantId;
}

/** Whose attempts the caller may see: its own, or an operator's choice. undefined: of any merchant. */
export function visibleMerchant(principal: Principal, chosen: string | undefined): string | undefined {
  return principal.kind === 'operator' ? chosen : merchantOf(principal);
}
