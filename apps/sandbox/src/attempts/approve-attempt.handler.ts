import { Injectable } from '@nestjs/common';
import type { PrimerCall } from '../api/primer-call.types.ts';
import { type EffectLog, PrimerCalls } from '../api/primer-calls.service.ts';
import { readValid } from '../api/primer-request.schema.ts';
import { Clock } from '../clock/clock.service.ts';
import { PaymentMaker } from '../payments/make-payment.service.ts';
import { missingPaymentFields } from '../payments/payment.errors.ts';
import type { Payment } from '../payments/payment.types.ts';
import { missingFields } from '../payments/purchase.policy.ts';
import { sessionPurchase } from '../sessions/client-session.policy.ts';
import { ClientSessionRepository } from '../sessions/client-session.repository.ts';
import { toAttemptFacts } from './attempt-facts.policy.ts';
import { approveRefused } from './attempt.errors.ts';
import { decideApprove } from './attempt.policy.ts';
import { AttemptRepository } from './attempt.repository.ts';
import { attemptPathSchema } from './attempt.schema.ts';
import type { Attempt } from './attempt.types.ts';

export interface ApproveAnswer {
  readonly paymentAttemptId: string;
  readonly merchantPaymentId: string;
}

/** Approves a payment attempt: makes its one payment. */
@Injectable()
export class ApproveAttemptHandler {
  constructor(
    private readonly calls: PrimerCalls,
    private readonly attempts: AttemptRepository,
    private readonly sessions: ClientSessionRepository,
    private readonly paymentMaker: PaymentMaker,
    private readonly clock: Clock,
  ) {}

  /** @throws PrimerError every documented refusal */
  async handle(call: PrimerCall): Promise<ApproveAnswer> {
    return this.calls.perform(call, (effect) => this.approve(call, effect));
  }

  private approve(call: PrimerCall, effect: EffectLog): ApproveAnswer {
    const { id } = readValid(attemptPathSchema, call.params, 'PaymentAttemptPath');
    const attempt = this.attempts.findForTenant(id, call.tenantId);
    if (!attempt) throw approveRefused('PaymentAttemptNotFound');
    this.attempts.countCall(attempt.id, 'approve');
    const verdict = decideApprove(toAttemptFacts(attempt, this.clock.nowMicros()));
    if (!verdict.allowed) throw approveRefused(verdict.refusal, attempt.payment);
    const payment = this.pay(attempt, effect);
    this.attempts.markApproved(attempt.id, payment.id);
    effect({ name: 'ATTEMPT_APPROVED', attemptId: attempt.id, paymentId: payment.id });
    return { paymentAttemptId: attempt.id, merchantPaymentId: payment.id };
  }

  private pay(attempt: Attempt, effect: EffectLog): Payment {
    const session = this.sessions.find(attempt.sessionId);
    const purchase = session && sessionPurchase(session.details);
    // The session said it all when the attempt began; an update may have cleared some of it since.
    if (!purchase) throw missingPaymentFields(missingFields(session?.details ?? {}));
    const { tenantId, id: paymentAttemptId, instrument, webhookPlan } = attempt;
    return this.paymentMaker.make({ tenantId, paymentAttemptId, purchase, instrument, webhookPlan }, effect);
  }
}
