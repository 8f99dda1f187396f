import { Injectable } from '@nestjs/common';
import { toTraceableFacts } from '../cards/payment-instrument.policy.ts';
import { TokeniseMethodHandler } from '../cards/tokenise-method.handler.ts';
import { Clock } from '../clock/clock.service.ts';
import { JournalRepository } from '../journal/journal.repository.ts';
import { ClientSessionRepository } from '../sessions/client-session.repository.ts';
import { SandboxStore } from '../store/sandbox.store.ts';
import { DEFAULT_TENANT_ID } from '../tenants/default-tenant.policy.ts';
import { tokenExpiry } from './token.policy.ts';
import { TokenRepository } from './token.repository.ts';
import type { TokenWish } from './token.schema.ts';

/** Plays the browser: turns a card into a token that the merchant can charge with `POST /payments`. */
@Injectable()
export class CreateTokenHandler {
  constructor(
    private readonly store: SandboxStore,
    private readonly journal: JournalRepository,
    private readonly tokeniseMethod: TokeniseMethodHandler,
    private readonly tokens: TokenRepository,
    private readonly sessions: ClientSessionRepository,
    private readonly clock: Clock,
  ) {}

  /** Answers the token, or nothing when the client session that was named does not exist. */
  async handle(wish: TokenWish): Promise<{ readonly token: string } | undefined> {
    return this.store.transaction(() => this.create(wish));
  }

  private create(wish: TokenWish): { readonly token: string } | undefined {
    const session = wish.clientSessionId === undefined ? undefined : this.sessions.find(wish.clientSessionId);
    if (wish.clientSessionId !== undefined && !session) return undefined;
    const nowMicros = this.clock.nowMicros();
    const kind = wish.reusable ? 'MULTI_USE' : 'SINGLE_USE';
    const instrument = this.tokeniseMethod.handle(wish);
    this.tokens.insert(
      {
        tenantId: session?.tenantId ?? DEFAULT_TENANT_ID,
        kind,
        instrument,
        sessionId: session?.id,
        customerId: wish.customerId,
        expiresAtMicros: tokenExpiry(kind, nowMicros),
        usedAtMicros: undefined,
      },
      nowMicros,
    );
    this.journal.append({
      kind: 'EFFECT',
      name: 'PAYMENT_METHOD_TOKENISED',
      facts: { kind, ...toTraceableFacts(instrument), clientSessionId: session?.id },
    });
    return { token: instrument.token };
  }
}
