import { Injectable } from '@nestjs/common';
import type { PrimerCall } from '../api/primer-call.types.ts';
import { type EffectLog, PrimerCalls } from '../api/primer-calls.service.ts';
import { readJsonBody, readValid } from '../api/primer-request.schema.ts';
import { Clock } from '../clock/clock.service.ts';
import { metadataContainsEmptyKey } from '../sessions/client-session.errors.ts';
import { sessionPurchase } from '../sessions/client-session.policy.ts';
import { ClientSessionRepository } from '../sessions/client-session.repository.ts';
import type { ClientSessionDetails } from '../sessions/client-session.types.ts';
import { tokenRefusal } from '../tokens/token.policy.ts';
import { TokenRepository } from '../tokens/token.repository.ts';
import type { PaymentMethodToken } from '../tokens/token.types.ts';
import { PLAIN_DELIVERY } from '../webhooks/webhook-queue.service.ts';
import { type CreatePaymentRequest, createPaymentRequestSchema } from './create-payment.schema.ts';
import { IdempotencyKeyRepository } from './idempotency-key.repository.ts';
import { PaymentMaker } from './make-payment.service.ts';
import { toPaymentAnswer } from './payment-answer.policy.ts';
import { createKeyExists, customerIdRequired, missingPaymentFields, paymentNotCreated } from './payment.errors.ts';
import type { Payment } from './payment.types.ts';
import { mergePurchase, missingFields } from './purchase.policy.ts';

/** Makes a payment from a token, one-time or vaulted, without an attempt. */
@Injectable()
export class CreatePaymentHandler {
  constructor(
    private readonly calls: PrimerCalls,
    private readonly tokens: TokenRepository,
    private readonly sessions: ClientSessionRepository,
    private readonly keys: IdempotencyKeyRepository,
    private readonly paymentMaker: PaymentMaker,
    private readonly clock: Clock,
  ) {}

  /** @throws PrimerError every documented refusal; the body is looked at first, then the key, then the token */
  async handle(call: PrimerCall): Promise<object> {
    return this.calls.perform(call, (effect) => {
      const body = readValid(createPaymentRequestSchema, readJsonBody(call.body), 'PaymentCreationAPIRequest');
      if (body.metadata && Object.hasOwn(body.metadata, '')) throw metadataContainsEmptyKey();
      const key = call.idempotencyKey;
      const used = key === undefined ? undefined : this.keys.findPayment({ ...call, key });
      if (key !== undefined && used) throw createKeyExists(key, used);
      const payment = this.create(call, body, effect);
      if (key !== undefined) this.keys.insert({ ...call, key }, payment.id, this.clock.nowMicros());
      return toPaymentAnswer(payment, { expandEvents: body.expand?.includes('transactions.events') ?? false });
    });
  }

  private create(
    call: PrimerCall,
    { paymentMethodToken, expand: _expand, ...asked }: CreatePaymentRequest,
    effect: EffectLog,
  ): Payment {
    const nowMicros = this.clock.nowMicros();
    const token = this.findToken(paymentMethodToken, call.tenantId, nowMicros);
    const details = mergePurchase(this.sessionDetails(token), asked);
    const purchase = sessionPurchase({ ...details, customerId: details.customerId ?? token.customerId });
    if (!purchase) throw missingPaymentFields(missingFields(details));
    if (purchase.vault?.onSuccess === true && purchase.customerId === undefined) throw customerIdRequired();
    const isVaulted = token.kind === 'MULTI_USE';
    if (!isVaulted) this.tokens.markUsed(paymentMethodToken, nowMicros);
    const { tenantId, instrument } = token;
    return this.paymentMaker.make({ tenantId, purchase, instrument, isVaulted, webhookPlan: PLAIN_DELIVERY }, effect);
  }

  private findToken(text: string, tenantId: string, nowMicros: number): PaymentMethodToken {
    const token = this.tokens.findForTenant(text, tenantId);
    const refusal = tokenRefusal(token, nowMicros);
    if (!token || refusal) throw paymentNotCreated(refusal ?? 'UNKNOWN');
    return token;
  }

  private sessionDetails(token: PaymentMethodToken): ClientSessionDetails {
    return (token.sessionId === undefined ? undefined : this.sessions.find(token.sessionId))?.details ?? {};
  }
}
