import { Injectable } from '@nestjs/common';
import type { PrimerCall } from '../api/primer-call.types.ts';
import { type EffectLog, PrimerCalls } from '../api/primer-calls.service.ts';
import { readJsonBody, readValid } from '../api/primer-request.schema.ts';
import { Clock } from '../clock/clock.service.ts';
import { withoutCardNumbers } from '../journal/journal.policy.ts';
import { toAttemptFacts } from './attempt-facts.policy.ts';
import { abortRefused } from './attempt.errors.ts';
import { decideAbort } from './attempt.policy.ts';
import { AttemptRepository } from './attempt.repository.ts';
import { abortRequestSchema, attemptPathSchema } from './attempt.schema.ts';

export interface AbortAnswer {
  readonly paymentAttemptId: string;
}

/** Aborts a payment attempt: no payment will ever come of it, and its token is of no more use. */
@Injectable()
export class AbortAttemptHandler {
  constructor(
    private readonly calls: PrimerCalls,
    private readonly attempts: AttemptRepository,
    private readonly clock: Clock,
  ) {}

  /** @throws PrimerError every documented refusal */
  async handle(call: PrimerCall): Promise<AbortAnswer> {
    return this.calls.perform(call, (effect) => this.abort(call, effect));
  }

  private abort(call: PrimerCall, effect: EffectLog): AbortAnswer {
    const { id } = readValid(attemptPathSchema, call.params, 'PaymentAttemptPath');
    const { reason } = readValid(abortRequestSchema, readJsonBody(call.body), 'AbortPaymentAttemptRequest');
    const attempt = this.attempts.findForTenant(id, call.tenantId);
    if (!attempt) throw abortRefused('PaymentAttemptNotFound');
    this.attempts.countCall(attempt.id, 'abort');
    const verdict = decideAbort(toAttemptFacts(attempt, this.clock.nowMicros()));
    if (!verdict.allowed) throw abortRefused(verdict.refusal);
    this.attempts.markAborted(attempt.id, reason);
    effect({
      name: 'ATTEMPT_ABORTED',
      attemptId: attempt.id,
      facts: { reason: reason === undefined ? undefined : withoutCardNumbers(reason) },
    });
    effect({ name: 'PAYMENT_INSTRUMENT_INVALIDATED', attemptId: attempt.id });
    return { paymentAttemptId: attempt.id };
  }
}
