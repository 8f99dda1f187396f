import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { PrimerCall } from '../api/primer-call.types.ts';
import { DueWorkRegistry } from '../clock/due-work.service.ts';
import { MICROS_PER_MILLISECOND } from '../clock/micros.policy.ts';
import type { CallFault } from '../faults/fault.schema.ts';
import { PendingRefundRepository } from '../settlement/pending-refund.repository.ts';
import { WebhookQueue } from '../webhooks/webhook-queue.service.ts';
import { PaymentChanger } from './change-payment.service.ts';
import { refundRequestSchema } from './payment-operation.schema.ts';
import { paymentNotFound } from './payment.errors.ts';
import type { Payment } from './payment.types.ts';
import { refundPayment } from './refund.policy.ts';

/** Gives captured money back to the shopper, all of it or part of it. */
@Injectable()
export class RefundPaymentHandler {
  constructor(
    private readonly changer: PaymentChanger,
    private readonly refunds: PendingRefundRepository,
    private readonly dueWork: DueWorkRegistry,
    private readonly webhooks: WebhookQueue,
  ) {}

  /** @throws PrimerError every documented refusal */
  async handle(call: PrimerCall): Promise<object> {
    return this.changer.change(call, {
      bodySchema: refundRequestSchema,
      model: 'PaymentRefundAPIRequest',
      notFound: paymentNotFound,
      failing: 'REFUND',
      decide: (payment, body, nowMicros, fault) =>
        refundPayment(payment, body, {
          processorTransactionId: randomUUID(),
          nowMicros,
          course: fault?.kind === 'REFUND_UNDER_WAY' ? 'PENDING' : 'SETTLED',
        }),
      follow: (payment, fault) => {
        if (fault?.kind === 'REFUND_UNDER_WAY') this.endLater(payment, fault);
        else this.webhooks.addRefund(payment, payment.updatedAtMicros);
      },
      tell: (payment, before) => ({
        name: 'PAYMENT_REFUNDED',
        facts: { amount: payment.amountRefunded - before.amountRefunded, amountRefunded: payment.amountRefunded },
      }),
    });
  }

  private endLater(payment: Payment, { ends, endsAfterMs }: Extract<CallFault, { kind: 'REFUND_UNDER_WAY' }>): void {
    const processorTransactionId = payment.transactions.at(-1)?.processorTransactionId ?? '';
    const dueAtMicros = payment.updatedAtMicros + endsAfterMs * MICROS_PER_MILLISECOND;
    this.refunds.insert({ processorTransactionId, paymentId: payment.id, ends }, dueAtMicros);
    this.dueWork.nudge();
  }
}
