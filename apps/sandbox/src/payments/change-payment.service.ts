import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { PrimerCall } from '../api/primer-call.types.ts';
import { PrimerCalls } from '../api/primer-calls.service.ts';
import type { PrimerError } from '../api/primer.errors.ts';
import { readJsonBody, readValid } from '../api/primer-request.schema.ts';
import { Clock } from '../clock/clock.service.ts';
import type { CallFault } from '../faults/fault.schema.ts';
import type { NewJournalEntry } from '../journal/journal.types.ts';
import { metadataContainsEmptyKey } from '../sessions/client-session.errors.ts';
import { WebhookQueue } from '../webhooks/webhook-queue.service.ts';
import type { FailingOperation } from '../webhooks/webhook.types.ts';
import { IdempotencyKeyRepository } from './idempotency-key.repository.ts';
import { toPaymentAnswer } from './payment-answer.policy.ts';
import type { Step } from './payment-refusal.types.ts';
import { isProcessorRefusal } from './payment-life.policy.ts';
import { operationKeyExists, operationRefused } from './payment.errors.ts';
import { PaymentRepository } from './payment.repository.ts';
import type { Payment } from './payment.types.ts';

/** What makes one operation on a payment differ from the others. */
export interface PaymentChange<Schema extends z.ZodType> {
  readonly bodySchema: Schema;
  /** Primer's name of the body, for its validation errors. */
  readonly model: string;
  readonly notFound: () => PrimerError;
  /** Where the documents list no `X-Idempotency-Key`, one that comes all the same means nothing. */
  readonly takesNoKey?: true;
  /** The operation as a webhook names it when the processor refuses a try. */
  readonly failing?: FailingOperation;
  /** What becomes of the payment; pure but for the names it gives. */
  decide(payment: Payment, body: z.output<Schema>, nowMicros: number, fault: CallFault | undefined): Step;
  /** Stores what belongs to the change beside the payment: webhooks, what falls due later. */
  follow?(payment: Payment, fault: CallFault | undefined): void;
  /** What the journal says of it. */
  tell(payment: Payment, before: Payment): Pick<NewJournalEntry, 'name' | 'facts'>;
}

/**
 * Carries out one operation on a payment, in the order in which Primer looks at a request: its body, the payment, the
 * idempotency key, the payment's status. All effects are one transaction.
 */
@Injectable()
export class PaymentChanger {
  constructor(
    private readonly calls: PrimerCalls,
    private readonly payments: PaymentRepository,
    private readonly keys: IdempotencyKeyRepository,
    private readonly webhooks: WebhookQueue,
    private readonly clock: Clock,
  ) {}

  /** @throws PrimerError every documented refusal */
  async change<Schema extends z.ZodType>(call: PrimerCall, change: PaymentChange<Schema>): Promise<object> {
    return this.calls.perform(call, (effect, fault) => {
      const body = readValid(change.bodySchema, readJsonBody(call.body), change.model);
      assertMetadata(body);
      const before = this.payments.findForTenant(call.params['id'] ?? '', call.tenantId);
      if (!before) throw change.notFound();
      const key = change.takesNoKey === true ? undefined : call.idempotencyKey;
      const used = key === undefined ? undefined : this.keys.findPayment({ ...call, key });
      if (key !== undefined && used) throw operationKeyExists(key, used);

      const nowMicros = this.clock.nowMicros();
      const step = underFault(change.decide(before, body, nowMicros, fault), fault);
      if ('refusal' in step) {
        if (change.failing && isProcessorRefusal(step.refusal)) this.tellFailedTry(change.failing, before, body);
        throw operationRefused(step.refusal, before);
      }
      const { payment } = step;
      this.payments.update(payment);
      if (key !== undefined) this.keys.insert({ ...call, key }, payment.id, nowMicros);
      change.follow?.(payment, fault);
      effect({ attemptId: payment.paymentAttemptId, paymentId: payment.id, ...change.tell(payment, before) });
      return toPaymentAnswer(payment, { expandEvents: asksForEvents(body) });
    });
  }

  /** A try that got as far as the processor is told by a webhook of its own; the payment is what it was. */
  private tellFailedTry(operation: FailingOperation, payment: Payment, body: unknown): void {
    const { amount: requestAmount } = body as { readonly amount?: number };
    const failed = { requestAmount, transactionEventId: randomUUID() };
    this.webhooks.addOperationFailed(operation, payment, failed, this.clock.nowMicros());
  }
}

/** What Primer would do is sent on to the processor, which may refuse it. */
function underFault(step: Step, fault: CallFault | undefined): Step {
  return 'payment' in step && fault?.kind === 'PROCESSOR_REFUSES' ? { refusal: { code: 'RefusedByProcessor' } } : step;
}

function assertMetadata(body: unknown): void {
  const { metadata } = body as { readonly metadata?: object };
  if (metadata && Object.hasOwn(metadata, '')) throw metadataContainsEmptyKey();
}

function asksForEvents(body: unknown): boolean {
  return (body as { readonly expand?: readonly string[] | null }).expand?.includes('transactions.events') ?? false;
}
