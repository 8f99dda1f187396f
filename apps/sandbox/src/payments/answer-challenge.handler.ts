import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../clock/clock.service.ts';
import { JournalRepository } from '../journal/journal.repository.ts';
import { SandboxStore } from '../store/sandbox.store.ts';
import { PLAIN_DELIVERY, WebhookQueue } from '../webhooks/webhook-queue.service.ts';
import type { ChallengeAnswer, ChallengeDone } from './challenge.schema.ts';
import { PaymentMaker } from './make-payment.service.ts';
import { PaymentRepository } from './payment.repository.ts';
import type { Payment } from './payment.types.ts';
import { answerChallenge, challengeResult, hashResumeToken } from './three-d-secure.policy.ts';

/** Why a challenge cannot be answered. */
export type ChallengeRefusal = 'PAYMENT_NOT_FOUND' | 'NO_CHALLENGE';

/**
 * Plays the shopper before the bank's page, and the browser after it: a payment of an attempt goes on by itself, as the
 * SDK sees to it; another one waits for its merchant's `resume`.
 */
@Injectable()
export class AnswerChallengeHandler {
  constructor(
    private readonly store: SandboxStore,
    private readonly payments: PaymentRepository,
    private readonly paymentMaker: PaymentMaker,
    private readonly journal: JournalRepository,
    private readonly webhooks: WebhookQueue,
    private readonly clock: Clock,
  ) {}

  async handle(paymentId: string, answer: ChallengeAnswer): Promise<ChallengeDone | ChallengeRefusal> {
    return this.store.transaction(() => this.answer(paymentId, answer));
  }

  private answer(paymentId: string, { passed }: ChallengeAnswer): ChallengeDone | ChallengeRefusal {
    const waiting = this.payments.find(paymentId);
    if (!waiting) return 'PAYMENT_NOT_FOUND';
    if (!waiting.requiredAction) return 'NO_CHALLENGE';
    const resumeToken = randomUUID();
    const tokenHash = hashResumeToken(resumeToken);
    const answered = answerChallenge(waiting, { tokenHash, passed });
    this.tell('CHALLENGE_ANSWERED', answered, { passed });
    if (answered.paymentAttemptId === undefined) {
      this.payments.update(answered);
      return { resumeToken, status: answered.status };
    }
    return { resumeToken, status: this.goOn(answered, tokenHash).status };
  }

  private goOn(answered: Payment, tokenHash: string): Payment {
    const threeDSecure = challengeResult(answered, tokenHash);
    if (!threeDSecure) throw new Error('An answer was kept that is not known.');
    const payment = this.paymentMaker.goOn(answered, threeDSecure, this.clock.nowMicros());
    this.payments.update(payment);
    this.webhooks.addPaymentStatus(payment, PLAIN_DELIVERY, payment.updatedAtMicros);
    this.tell('PAYMENT_RESUMED', payment, { status: payment.status });
    return payment;
  }

  private tell(name: string, payment: Payment, facts: Record<string, string | boolean>): void {
    this.journal.append({ kind: 'EFFECT', name, attemptId: payment.paymentAttemptId, paymentId: payment.id, facts });
  }
}
