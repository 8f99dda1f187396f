import { MICROS_PER_SECOND } from '../clock/micros.policy.ts';
import type { TokenRefusal } from '../payments/payment.errors.ts';
import type { PaymentMethodToken } from './token.types.ts';

/** "One-time use tokens expire after 15 minutes." */
const SINGLE_USE_LIFE_SECONDS = 15 * 60;

/** When a token made now is of no more use; a vaulted one never is. */
export function tokenExpiry(kind: PaymentMethodToken['kind'], nowMicros: number): number | undefined {
  return kind === 'SINGLE_USE' ? nowMicros + SINGLE_USE_LIFE_SECONDS * MICROS_PER_SECOND : undefined;
}

/** Why a token buys nothing now; nothing when it does. A used token says so, however old it is. */
export function tokenRefusal(token: PaymentMethodToken | undefined, nowMicros: number): TokenRefusal | undefined {
  if (!token) return 'UNKNOWN';
  if (token.usedAtMicros !== undefined) return 'USED';
  return token.expiresAtMicros !== undefined && nowMicros >= token.expiresAtMicros ? 'EXPIRED' : undefined;
}
