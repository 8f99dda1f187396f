import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EffectLog } from '../api/primer-calls.service.ts';
import { AttemptRepository } from '../attempts/attempt.repository.ts';
import { TokeniseMethodHandler } from '../cards/tokenise-method.handler.ts';
import { NETWORK_NAMES } from '../cards/card.policy.ts';
import { isCard, toTraceableFacts } from '../cards/payment-instrument.policy.ts';
import type { PaymentInstrument } from '../cards/payment-instrument.types.ts';
import { Clock } from '../clock/clock.service.ts';
import { MICROS_PER_SECOND } from '../clock/micros.policy.ts';
import { toUnixSeconds } from '../clock/date.policy.ts';
import { JournalRepository } from '../journal/journal.repository.ts';
import { PaymentMaker, type PaymentOrder } from '../payments/make-payment.service.ts';
import { sessionPurchase } from '../sessions/client-session.policy.ts';
import { ClientSessionRepository } from '../sessions/client-session.repository.ts';
import type { ClientSession } from '../sessions/client-session.types.ts';
import { CreateClientSessionHandler } from '../sessions/create-client-session.handler.ts';
import { SandboxStore } from '../store/sandbox.store.ts';
import { DEFAULT_TENANT_ID } from '../tenants/default-tenant.policy.ts';
import type { ApprovalRequired, StartAttempt } from './control.schema.ts';

/** Why no attempt could be started. */
export type StartRefusal = 'SESSION_NOT_FOUND' | 'SESSION_INCOMPLETE';

/**
 * Plays the shopper's browser: opens a session, or takes an open one, tokenises a card and makes the attempt that now
 * awaits approval, or is paid at once where the session asks for none. It becomes the session's current attempt; an older one can no longer be approved.
 */
@Injectable()
export class StartAttemptHandler {
  constructor(
    private readonly store: SandboxStore,
    private readonly journal: JournalRepository,
    private readonly createClientSession: CreateClientSessionHandler,
    private readonly tokeniseMethod: TokeniseMethodHandler,
    private readonly sessions: ClientSessionRepository,
    private readonly attempts: AttemptRepository,
    private readonly paymentMaker: PaymentMaker,
    private readonly clock: Clock,
  ) {}

  async handle(wish: StartAttempt): Promise<ApprovalRequired | StartRefusal> {
    return this.store.transaction(() => this.start(wish));
  }

  private start(wish: StartAttempt): ApprovalRequired | StartRefusal {
    const effect: EffectLog = (entry) => this.journal.append({ kind: 'EFFECT', ...entry });
    const session = this.openSession(wish, effect);
    if (!session) return 'SESSION_NOT_FOUND';
    const purchase = sessionPurchase(session.details);
    if (!purchase) return 'SESSION_INCOMPLETE';

    const { tenantId } = session;
    const instrument = this.tokeniseMethod.handle(wish);
    const attemptId = randomUUID();
    const nowMicros = this.clock.nowMicros();
    this.attempts.insert(
      {
        id: attemptId,
        sessionId: session.id,
        tenantId,
        instrument,
        expiresAtMicros: nowMicros + wish.ttlSeconds * MICROS_PER_SECOND,
        webhookPlan: wish.webhook,
      },
      nowMicros,
    );
    this.sessions.setCurrentAttempt(session.id, attemptId);
    if (session.currentAttemptId !== undefined) {
      effect({ name: 'ATTEMPT_SUPERSEDED', attemptId: session.currentAttemptId, facts: { by: attemptId } });
    }
    effect({
      name: 'ATTEMPT_CREATED',
      attemptId,
      facts: { clientSessionId: session.id, ...toTraceableFacts(instrument), ttlSeconds: wish.ttlSeconds },
    });
    if (session.approvalMode === 'AUTO') {
      this.payAtOnce({ attemptId, order: { tenantId, purchase, instrument, webhookPlan: wish.webhook } }, effect);
    }
    return toApprovalRequired({ clientSessionId: session.id, paymentAttemptId: attemptId, instrument, nowMicros });
  }

  /** Nobody is asked about an attempt of an AUTO session, and so its payment is no approved one: it names no attempt. */
  private payAtOnce({ attemptId, order }: { attemptId: string; order: PaymentOrder }, effect: EffectLog): void {
    const payment = this.paymentMaker.make(order, effect);
    this.attempts.markApproved(attemptId, payment.id);
    effect({ name: 'ATTEMPT_PAID_UNASKED', attemptId, paymentId: payment.id });
  }

  private openSession(wish: StartAttempt, effect: EffectLog): ClientSession | undefined {
    if (wish.clientSessionId !== undefined) return this.sessions.find(wish.clientSessionId);
    if (wish.clientToken !== undefined) return this.findOpen(wish.clientToken);
    const { amount, currencyCode, orderId, customerId, approvalMode } = wish;
    const details = { amount, currencyCode, orderId, customerId };
    return this.createClientSession.create({ tenantId: DEFAULT_TENANT_ID, approvalMode, details }, effect).session;
  }

  /** A browser comes by its token, which has an end. */
  private findOpen(clientToken: string): ClientSession | undefined {
    const session = this.sessions.findByToken(clientToken);
    return session && this.clock.nowMicros() < session.tokenExpiresAtMicros ? session : undefined;
  }
}

function toApprovalRequired(made: {
  clientSessionId: string;
  paymentAttemptId: string;
  instrument: PaymentInstrument;
  nowMicros: number;
}): ApprovalRequired {
  const { instrument } = made;
  return {
    clientSessionId: made.clientSessionId,
    paymentAttemptId: made.paymentAttemptId,
    timestamp: toUnixSeconds(made.nowMicros),
    paymentMethodToken: {
      token: instrument.token,
      analyticsId: instrument.analyticsId,
      tokenType: 'SINGLE_USE',
      paymentInstrumentType: instrument.methodType ?? 'PAYMENT_CARD',
      paymentInstrumentData: toShownData(instrument),
      vaultData: null,
      threeDSecureAuthentication: null,
    },
  };
}

/** The SDK shows no more of a card than this, and of an account what its documents leave open. */
function toShownData(instrument: PaymentInstrument): ApprovalRequired['paymentMethodToken']['paymentInstrumentData'] {
  if (!isCard(instrument)) return { externalPayerInfo: { email: instrument.emailAddress } };
  const { last4Digits, network, cardholderName } = instrument;
  return { last4Digits, network: NETWORK_NAMES[network], cardholderName };
}
