import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EffectLog } from '../api/primer-calls.service.ts';
import type { WebhookPlan } from '../attempts/attempt.types.ts';
import type { PaymentInstrument } from '../cards/payment-instrument.types.ts';
import { newTokenText } from '../cards/token-text.policy.ts';
import { Clock } from '../clock/clock.service.ts';
import { TokenVault } from '../tokens/token-vault.service.ts';
import { WebhookQueue } from '../webhooks/webhook-queue.service.ts';
import { newPaymentId } from './payment-id.policy.ts';
import {
  authorisePayment,
  createPayment,
  isToBeVaulted,
  type PaymentIds,
  withVaultedInstrument,
} from './payment.policy.ts';
import { PaymentRepository } from './payment.repository.ts';
import type { Payment, Purchase, ThreeDSecure } from './payment.types.ts';
import { awaitChallenge, needsChallenge, threeDSecureAtOnce } from './three-d-secure.policy.ts';

/** Who pays what with which card. */
export interface PaymentOrder {
  readonly tenantId: string;
  /** Absent for a payment that the merchant makes by a call of its own. */
  readonly paymentAttemptId?: string;
  readonly purchase: Purchase;
  readonly instrument: PaymentInstrument;
  /** Whether the card was kept by an earlier payment. */
  readonly isVaulted?: boolean;
  readonly webhookPlan: WebhookPlan;
}

/**
 * Makes a payment, sends it to the processor, or to the shopper first where 3-D Secure asks for that, and queues the
 * webhook that tells how it ended.
 */
@Injectable()
export class PaymentMaker {
  constructor(
    private readonly payments: PaymentRepository,
    private readonly webhooks: WebhookQueue,
    private readonly vault: TokenVault,
    private readonly clock: Clock,
  ) {}

  /** Belongs into the transaction of the call that asked for the payment. */
  make(order: PaymentOrder, effect: EffectLog): Payment {
    const ids: PaymentIds = {
      paymentId: newPaymentId(),
      processorTransactionId: randomUUID(),
      eventId: randomUUID(),
    };
    const pending = createPayment({ ...order, ids, nowMicros: this.clock.nowMicros() });
    const payment = this.withVault(this.start(pending, ids));
    this.payments.insert(payment);
    this.webhooks.addPaymentStatus(payment, order.webhookPlan, payment.updatedAtMicros);
    effect({
      name: 'PAYMENT_CREATED',
      attemptId: order.paymentAttemptId,
      paymentId: payment.id,
      facts: { status: payment.status, amount: payment.amount, currencyCode: payment.currencyCode },
    });
    return payment;
  }

  /** Lets a payment go on that waited for the shopper, whose bank has answered. Belongs into a transaction, too. */
  goOn(payment: Payment, threeDSecure: ThreeDSecure, nowMicros: number): Payment {
    const ids = { processorTransactionId: randomUUID(), eventId: randomUUID() };
    return this.withVault(authorisePayment(payment, ids, nowMicros, { threeDSecure }));
  }

  /** Keeps the payment's card where the merchant asked for that and it is time. */
  private withVault(payment: Payment): Payment {
    if (!isToBeVaulted(payment)) return payment;
    const { tenantId, customerId, instrument } = payment;
    return withVaultedInstrument(payment, this.vault.keep(instrument, { tenantId, customerId }));
  }

  private start(pending: Payment, ids: PaymentIds): Payment {
    if (needsChallenge(pending)) return awaitChallenge(pending, newTokenText());
    return authorisePayment(pending, ids, this.clock.nowMicros(), { threeDSecure: threeDSecureAtOnce(pending) });
  }
}
