import { Controller, Post } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiParam, ApiResponse } from '@nestjs/swagger';
import { toInputJsonSchema } from '../api/json-schema.policy.ts';
import type { PrimerCall } from '../api/primer-call.types.ts';
import { CurrentCall, PrimerOperation } from '../api/primer-operation.decorator.ts';
import { AdjustAuthorizationHandler } from './adjust-authorization.handler.ts';
import { AuthorizePaymentHandler } from './authorize-payment.handler.ts';
import { CancelPaymentHandler } from './cancel-payment.handler.ts';
import { CapturePaymentHandler } from './capture-payment.handler.ts';
import {
  documentedAdjustRefusals,
  documentedAuthorizeRefusals,
  documentedCancelRefusals,
  documentedCaptureRefusals,
  documentedRefundRefusals,
  documentedResumeRefusals,
} from './documented-refusals.policy.ts';
import {
  adjustRequestSchema,
  authorizeRequestSchema,
  cancelRequestSchema,
  captureRequestSchema,
  refundRequestSchema,
  resumeRequestSchema,
} from './payment-operation.schema.ts';
import { RefundPaymentHandler } from './refund-payment.handler.ts';
import { ResumePaymentHandler } from './resume-payment.handler.ts';

const TAG = 'Payments API';
const ID_PARAMETER = { name: 'id', schema: { type: 'string' } } as const;
const KEY_HEADER = { name: 'X-Idempotency-Key', required: false, schema: { type: 'string' } } as const;
const THE_PAYMENT = { status: 200, description: 'The payment' } as const;

/** What Primer's Payments API does with a payment that exists. */
@Controller('payments/:id')
export class PaymentOperationsController {
  constructor(
    private readonly authorizePayment: AuthorizePaymentHandler,
    private readonly capturePayment: CapturePaymentHandler,
    private readonly cancelPayment: CancelPaymentHandler,
    private readonly refundPayment: RefundPaymentHandler,
    private readonly adjustAuthorization: AdjustAuthorizationHandler,
    private readonly resumePayment: ResumePaymentHandler,
  ) {}

  @Post('authorize')
  @PrimerOperation('authorize_payment', {
    summary: 'Authorize a payment',
    tag: TAG,
    refusals: documentedAuthorizeRefusals(),
  })
  @ApiParam(ID_PARAMETER)
  @ApiHeader(KEY_HEADER)
  @ApiBody({ required: true, schema: toInputJsonSchema(authorizeRequestSchema) })
  @ApiResponse(THE_PAYMENT)
  async authorize(@CurrentCall() call: PrimerCall): Promise<object> {
    return this.authorizePayment.handle(call);
  }

  @Post('capture')
  @PrimerOperation('capture_payment', {
    summary: 'Capture a payment',
    tag: TAG,
    refusals: documentedCaptureRefusals(),
  })
  @ApiParam(ID_PARAMETER)
  @ApiHeader(KEY_HEADER)
  @ApiBody({ required: false, schema: toInputJsonSchema(captureRequestSchema) })
  @ApiResponse(THE_PAYMENT)
  async capture(@CurrentCall() call: PrimerCall): Promise<object> {
    return this.capturePayment.handle(call);
  }

  @Post('cancel')
  @PrimerOperation('cancel_payment', {
    summary: 'Cancel a payment',
    tag: TAG,
    refusals: documentedCancelRefusals(),
  })
  @ApiParam(ID_PARAMETER)
  @ApiHeader(KEY_HEADER)
  @ApiBody({ required: false, schema: toInputJsonSchema(cancelRequestSchema) })
  @ApiResponse(THE_PAYMENT)
  async cancel(@CurrentCall() call: PrimerCall): Promise<object> {
    return this.cancelPayment.handle(call);
  }

  @Post('refund')
  @PrimerOperation('refund_payment', {
    summary: 'Refund a payment',
    tag: TAG,
    refusals: documentedRefundRefusals(),
  })
  @ApiParam(ID_PARAMETER)
  @ApiHeader(KEY_HEADER)
  @ApiBody({ required: false, schema: toInputJsonSchema(refundRequestSchema) })
  @ApiResponse(THE_PAYMENT)
  async refund(@CurrentCall() call: PrimerCall): Promise<object> {
    return this.refundPayment.handle(call);
  }

  @Post('adjust-authorization')
  @PrimerOperation('adjust_authorization', {
    summary: 'Adjust authorized amount',
    tag: TAG,
    refusals: documentedAdjustRefusals(),
  })
  @ApiParam(ID_PARAMETER)
  @ApiHeader(KEY_HEADER)
  @ApiBody({ required: true, schema: toInputJsonSchema(adjustRequestSchema) })
  @ApiResponse(THE_PAYMENT)
  async adjust(@CurrentCall() call: PrimerCall): Promise<object> {
    return this.adjustAuthorization.handle(call);
  }

  @Post('resume')
  @PrimerOperation('resume_payment', {
    summary: 'Resume a payment',
    tag: TAG,
    refusals: documentedResumeRefusals(),
  })
  @ApiParam(ID_PARAMETER)
  @ApiBody({ required: true, schema: toInputJsonSchema(resumeRequestSchema) })
  @ApiResponse(THE_PAYMENT)
  async resume(@CurrentCall() call: PrimerCall): Promise<object> {
    return this.resumePayment.handle(call);
  }
}
