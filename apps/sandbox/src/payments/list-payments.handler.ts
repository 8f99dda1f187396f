import { Injectable } from '@nestjs/common';
import type { PrimerCall } from '../api/primer-call.types.ts';
import { PrimerCalls } from '../api/primer-calls.service.ts';
import { readValid } from '../api/primer-request.schema.ts';
import { Clock } from '../clock/clock.service.ts';
import { FaultPlan } from '../faults/fault-plan.service.ts';
import { toPaymentSummary } from './payment-answer.policy.ts';
import { PaymentRepository } from './payment.repository.ts';
import { listPaymentsQuerySchema, type PageCursor, toCursorText } from './payment.schema.ts';
import type { Payment } from './payment.types.ts';

/** Primer's page of payment summaries; a cursor is there when there is a page on its side. */
export interface PaymentListAnswer {
  readonly data: readonly object[];
  readonly nextCursor?: string | undefined;
  readonly prevCursor?: string | undefined;
}

/** Searches the tenant's payments, newest first. */
@Injectable()
export class ListPaymentsHandler {
  constructor(
    private readonly calls: PrimerCalls,
    private readonly payments: PaymentRepository,
    private readonly faults: FaultPlan,
    private readonly clock: Clock,
  ) {}

  /** @throws PrimerError 422 for a filter that cannot be read */
  async handle(call: PrimerCall): Promise<PaymentListAnswer> {
    return this.calls.perform(call, () => {
      const query = readValid(listPaymentsQuerySchema, call.query, 'ListPaymentsQuery');
      const { payments, hasNewer, hasOlder } = this.payments.list(call.tenantId, query, {
        lags: this.faults.listLagsOf(call.tenantId),
        nowMicros: this.clock.nowMicros(),
      });
      return {
        data: payments.map(toPaymentSummary),
        nextCursor: hasOlder ? cursorAt('next', payments.at(-1)) : undefined,
        prevCursor: hasNewer ? cursorAt('previous', payments[0]) : undefined,
      };
    });
  }
}

function cursorAt(direction: PageCursor['direction'], payment: Payment | undefined): string | undefined {
  return payment && toCursorText({ direction, createdAtMicros: payment.createdAtMicros, paymentId: payment.id });
}
