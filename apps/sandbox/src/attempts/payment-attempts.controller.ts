import { Controller, Post } from '@nestjs/common';
import { ApiBody, ApiParam } from '@nestjs/swagger';
import { Answers } from '@tollgate/platform';
import { toInputJsonSchema } from '../api/json-schema.policy.ts';
import type { PrimerCall } from '../api/primer-call.types.ts';
import { CurrentCall, PrimerOperation } from '../api/primer-operation.decorator.ts';
import { type AbortAnswer, AbortAttemptHandler } from './abort-attempt.handler.ts';
import { type ApproveAnswer, ApproveAttemptHandler } from './approve-attempt.handler.ts';
import { documentedAbortRefusals, documentedApproveRefusals } from './attempt.errors.ts';
import { abortAnswerSchema, abortRequestSchema, approveAnswerSchema } from './attempt.schema.ts';

const TAG = 'Payment Attempts API';
const EXAMPLE_ID = '6c5d3a30-3c2e-4f55-9d8e-5b3d5e3a5c7f';
const ID_PARAMETER = { name: 'id', schema: { type: 'string', format: 'uuid' } } as const;

/** Primer's Payment Attempts API. */
@Controller('payment-attempts')
export class PaymentAttemptsController {
  constructor(
    private readonly approveAttempt: ApproveAttemptHandler,
    private readonly abortAttempt: AbortAttemptHandler,
  ) {}

  @Post(':id/approve')
  @PrimerOperation('approve_payment_attempt', {
    summary: 'Approve a payment attempt',
    tag: TAG,
    refusals: documentedApproveRefusals(),
  })
  @ApiParam(ID_PARAMETER)
  @Answers(200, approveAnswerSchema, {
    description: 'The payment was created',
    example: { paymentAttemptId: EXAMPLE_ID, merchantPaymentId: 'IHQlakKC' },
  })
  async approve(@CurrentCall() call: PrimerCall): Promise<ApproveAnswer> {
    return this.approveAttempt.handle(call);
  }

  @Post(':id/abort')
  @PrimerOperation('abort_payment_attempt', {
    summary: 'Abort a payment attempt',
    tag: TAG,
    refusals: documentedAbortRefusals(),
  })
  @ApiParam(ID_PARAMETER)
  @ApiBody({ required: false, schema: toInputJsonSchema(abortRequestSchema) })
  @Answers(200, abortAnswerSchema, {
    description: 'No payment will be made',
    example: { paymentAttemptId: EXAMPLE_ID },
  })
  async abort(@CurrentCall() call: PrimerCall): Promise<AbortAnswer> {
    return this.abortAttempt.handle(call);
  }
}
