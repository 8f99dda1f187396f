import { Body, Controller, HttpCode, Param, Post, Query } from '@nestjs/common';
import {
  concludeCommandBody,
  type ConcludeCommandBody,
  operatorNoteBody,
  type OperatorNoteBody,
  paymentCommandAnswer,
  type PaymentCommandAnswer,
  paymentCommandExample,
  paymentCommandId,
  paymentCommandQuery,
  type Principal,
} from '@tollgate/contracts';
import { Answers, AnswersProblem, CurrentPrincipal, RequireScope } from '@tollgate/platform';
import { ConcludeCommandHandler } from './conclude-command.handler.ts';
import { LookAgainAtCommandHandler } from './look-again-at-command.handler.ts';
import { toActor } from './operator-actor.policy.ts';

/** What an operator may do to a payment command that does not end by itself, each written down. */
@Controller('v1/payment-commands')
export class CommandActionsController {
  constructor(
    private readonly lookAgain: LookAgainAtCommandHandler,
    private readonly concludeCommand: ConcludeCommandHandler,
  ) {}

  @Post(':commandId/look-again')
  @HttpCode(200)
  @RequireScope('operator')
  @Answers(200, paymentCommandAnswer, { description: 'The command, due now', example: paymentCommandExample })
  @AnswersProblem('PAYMENT_COMMAND_NOT_FOUND', 'PAYMENT_COMMAND_CONCLUDED', 'MALFORMED_JSON', 'VALIDATION_FAILED')
  look(
    @Param('commandId', { schema: paymentCommandId }) commandId: string,
    @Query({ schema: paymentCommandQuery }) { merchantId }: { merchantId?: string },
    @Body({ schema: operatorNoteBody }) body: OperatorNoteBody,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PaymentCommandAnswer> {
    return this.lookAgain.lookAgain(commandId, { merchantId, note: body.note, by: toActor(body, principal) });
  }

  @Post(':commandId/conclude')
  @HttpCode(200)
  @RequireScope('operator')
  @Answers(200, paymentCommandAnswer, { description: 'The command with its end', example: paymentCommandExample })
  @AnswersProblem('PAYMENT_COMMAND_NOT_FOUND', 'PAYMENT_COMMAND_CONCLUDED', 'PAYMENT_COMMAND_NOT_STUCK')
  @AnswersProblem('CONTRADICTS_PROVIDER', 'PROVIDER_UNAVAILABLE', 'MALFORMED_JSON', 'VALIDATION_FAILED')
  conclude(
    @Param('commandId', { schema: paymentCommandId }) commandId: string,
    @Query({ schema: paymentCommandQuery }) { merchantId }: { merchantId?: string },
    @Body({ schema: concludeCommandBody }) body: ConcludeCommandBody,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PaymentCommandAnswer> {
    return this.concludeCommand.conclude({ commandId, merchantId, body, by: toActor(body, principal) });
  }
}
