import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { PaymentInstrument } from '../cards/payment-instrument.types.ts';
import { SandboxStore } from '../store/sandbox.store.ts';
import type { PaymentMethodToken, TokenKind } from './token.types.ts';

interface TokenRow {
  tenant_id: string;
  kind: TokenKind;
  instrument: string;
  session_id: string | null;
  customer_id: string | null;
  expires_at: number | null;
  used_at: number | null;
}

/** Tokens that `POST /payments` may take. */
@Injectable()
export class TokenRepository {
  constructor(private readonly store: SandboxStore) {}

  insert(token: PaymentMethodToken, nowMicros: number): void {
    const { token: secret, ...instrument } = token.instrument;
    this.store
      .statement(
        `INSERT INTO payment_method_token
           (token_hash, tenant_id, kind, instrument, session_id, customer_id, created_at, expires_at, used_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        hashToken(secret),
        token.tenantId,
        token.kind,
        JSON.stringify(instrument),
        token.sessionId ?? null,
        token.customerId ?? null,
        nowMicros,
        token.expiresAtMicros ?? null,
        token.usedAtMicros ?? null,
      );
  }

  /** The token if it is this tenant's: another tenant's does not exist for the caller. */
  findForTenant(token: string, tenantId: string): PaymentMethodToken | undefined {
    const row = this.store
      .statement('SELECT * FROM payment_method_token WHERE token_hash = ? AND tenant_id = ?')
      .get(hashToken(token), tenantId) as TokenRow | undefined;
    return (
      row && {
        tenantId: row.tenant_id,
        kind: row.kind,
        instrument: { ...(JSON.parse(row.instrument) as object), token } as PaymentInstrument,
        sessionId: row.session_id ?? undefined,
        customerId: row.customer_id ?? undefined,
        expiresAtMicros: row.expires_at ?? undefined,
        usedAtMicros: row.used_at ?? undefined,
      }
    );
  }

  markUsed(token: string, nowMicros: number): void {
    this.store
      .statement('UPDATE payment_method_token SET used_at = ? WHERE token_hash = ?')
      .run(nowMicros, hashToken(token));
  }
}

function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
