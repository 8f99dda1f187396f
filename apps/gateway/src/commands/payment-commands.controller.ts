import { Body, Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import {
  type AcceptedCommandAnswer,
  type CancelPaymentBody,
  cancelPaymentBody,
  type CapturePaymentBody,
  capturePaymentBody,
  commandedPaymentId,
  type CreatePaymentBody,
  createPaymentBody,
  type PaymentCommandAnswer,
  paymentCommandAnswer,
  paymentCommandExample,
  paymentCommandId,
  paymentCommandQuery,
  type Principal,
  type RefundPaymentBody,
  refundPaymentBody,
} from '@tollgate/contracts';
import { Answers, AnswersProblem, CurrentPrincipal, RequireScope } from '@tollgate/platform';
import type { FastifyReply } from 'fastify';
import { toAcceptedCommand, toCommandAnswer } from './command-answer-body.policy.ts';
import type { CommandRequest } from './command.types.ts';
import { ReadCommandHandler } from './read-command.handler.ts';
import { RequestCommandHandler } from './request-command.handler.ts';
import { type CommandCaller, CurrentCommandCaller, TakesPaymentCommand } from './takes-payment-command.decorator.ts';
import { toCancel, toCapture, toCreate, toRefund } from './command-request.policy.ts';

type Answer = PaymentCommandAnswer | AcceptedCommandAnswer;

/** Way in of payment commands over HTTP, for the merchant's back end. */
@Controller('v1')
export class PaymentCommandsController {
  constructor(
    private readonly requestCommand: RequestCommandHandler,
    private readonly readCommand: ReadCommandHandler,
  ) {}

  @Post('payments')
  @TakesPaymentCommand()
  create(
    @Body({ schema: createPaymentBody }) body: CreatePaymentBody,
    @CurrentCommandCaller() caller: CommandCaller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Answer> {
    return this.#take(toCreate(body), caller, reply, body.paymentMethodToken);
  }

  @Post('payments/:paymentId/capture')
  @TakesPaymentCommand()
  @AnswersProblem('PAYMENT_NOT_FOUND', 'COMMAND_NOT_ALLOWED', 'PAYMENT_NOT_READABLE')
  capture(
    @Param('paymentId', { schema: commandedPaymentId }) paymentId: string,
    @Body({ schema: capturePaymentBody }) body: CapturePaymentBody,
    @CurrentCommandCaller() caller: CommandCaller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Answer> {
    return this.#take(toCapture(paymentId, body), caller, reply);
  }

  @Post('payments/:paymentId/cancel')
  @TakesPaymentCommand()
  @AnswersProblem('PAYMENT_NOT_FOUND', 'COMMAND_NOT_ALLOWED')
  cancel(
    @Param('paymentId', { schema: commandedPaymentId }) paymentId: string,
    @Body({ schema: cancelPaymentBody }) body: CancelPaymentBody,
    @CurrentCommandCaller() caller: CommandCaller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Answer> {
    return this.#take(toCancel(paymentId, body), caller, reply);
  }

  @Post('payments/:paymentId/refund')
  @TakesPaymentCommand()
  @AnswersProblem('PAYMENT_NOT_FOUND', 'COMMAND_NOT_ALLOWED')
  refund(
    @Param('paymentId', { schema: commandedPaymentId }) paymentId: string,
    @Body({ schema: refundPaymentBody }) body: RefundPaymentBody,
    @CurrentCommandCaller() caller: CommandCaller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Answer> {
    return this.#take(toRefund(paymentId, body), caller, reply);
  }

  @Get('payment-commands/:commandId')
  @RequireScope('payments:write', 'payments:read')
  @Answers(200, paymentCommandAnswer, { description: 'The command as it stands', example: paymentCommandExample })
  @AnswersProblem('PAYMENT_COMMAND_NOT_FOUND', 'VALIDATION_FAILED', 'DATABASE_UNAVAILABLE')
  read(
    @Param('commandId', { schema: paymentCommandId }) commandId: string,
    @Query({ schema: paymentCommandQuery }) query: { merchantId?: string },
    @CurrentPrincipal() principal: Principal,
  ): Promise<PaymentCommandAnswer> {
    return this.readCommand.read(commandId, principal, query.merchantId);
  }

  async #take(
    request: CommandRequest,
    caller: CommandCaller,
    reply: FastifyReply,
    token: string | null = null,
  ): Promise<Answer> {
    const taken = await this.requestCommand.request({ ...caller, request, token });
    if (caller.waitSeconds !== undefined) {
      void reply.header('preference-applied', `wait=${caller.waitSeconds}`);
    }
    void reply.code(taken.concludedAt === null ? 202 : 200);
    return taken.concludedAt === null ? toAcceptedCommand(taken) : toCommandAnswer(taken);
  }
}
