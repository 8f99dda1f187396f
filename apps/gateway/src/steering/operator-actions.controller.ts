import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import {
  acceptedCommandAnswer,
  type AcceptedCommandAnswer,
  acceptedCommandExample,
  actionAnswer,
  type ActionAnswer,
  actionExample,
  actionQuery,
  closedIncidentExample,
  concludeActionBody,
  type ConcludeActionBody,
  incidentAnswer,
  type IncidentAnswer,
  incidentId,
  operatorActionExample,
  operatorActionListAnswer,
  type OperatorActionListAnswer,
  operatorActionListQuery,
  type OperatorActionListQuery,
  operatorNoteBody,
  type OperatorNoteBody,
  paymentAttemptId,
} from '@tollgate/contracts';
import { Answers, AnswersProblem, CurrentPrincipal, type Principal, RequireScope } from '@tollgate/platform';
import { CancelUnwantedPaymentHandler } from './cancel-unwanted-payment.handler.ts';
import { CloseIncidentHandler } from './close-incident.handler.ts';
import { ConcludeActionHandler } from './conclude-action.handler.ts';
import { ListOperatorActionsHandler } from './list-operator-actions.handler.ts';
import { LookAgainHandler } from './look-again.handler.ts';
import { toActor, toOperatorRequester } from './operator-actor.policy.ts';

/** What an operator may do to attempts and incidents, each written down. */
@Controller('v1')
export class OperatorActionsController {
  constructor(
    private readonly closeIncident: CloseIncidentHandler,
    private readonly cancelUnwantedPayment: CancelUnwantedPaymentHandler,
    private readonly lookAgain: LookAgainHandler,
    private readonly concludeAction: ConcludeActionHandler,
    private readonly listOperatorActions: ListOperatorActionsHandler,
  ) {}

  @Get('operator-actions')
  @RequireScope('operations:read')
  @Answers(200, operatorActionListAnswer, {
    description: 'What operators did, newest first',
    example: { data: [operatorActionExample], nextCursor: null },
  })
  @AnswersProblem('VALIDATION_FAILED')
  operatorActions(
    @Query({ schema: operatorActionListQuery }) query: OperatorActionListQuery,
  ): Promise<OperatorActionListAnswer> {
    return this.listOperatorActions.list(query);
  }

  @Post('incidents/:id/close')
  @HttpCode(200)
  @RequireScope('operator')
  @Answers(200, incidentAnswer, { description: 'The incident, closed', example: closedIncidentExample })
  @AnswersProblem('NOT_FOUND', 'MALFORMED_JSON', 'VALIDATION_FAILED', 'UNSUPPORTED_MEDIA_TYPE')
  close(
    @Param('id', { schema: incidentId }) id: string,
    @Body({ schema: operatorNoteBody }) body: OperatorNoteBody,
    @CurrentPrincipal() principal: Principal,
  ): Promise<IncidentAnswer> {
    return this.closeIncident.close(id, { note: body.note, by: toActor(body, principal) });
  }

  @Post('incidents/:id/cancel-payment')
  @HttpCode(202)
  @RequireScope('payments:cancel')
  @Answers(202, acceptedCommandAnswer, { description: 'The cancel is asked for', example: acceptedCommandExample })
  @AnswersProblem('NOT_FOUND', 'MALFORMED_JSON', 'VALIDATION_FAILED', 'UNSUPPORTED_MEDIA_TYPE')
  cancel(
    @Param('id', { schema: incidentId }) id: string,
    @Body({ schema: operatorNoteBody }) body: OperatorNoteBody,
    @CurrentPrincipal() principal: Principal,
  ): Promise<AcceptedCommandAnswer> {
    const requester = toOperatorRequester(principal);
    return this.cancelUnwantedPayment.cancel(id, { note: body.note, by: toActor(body, principal), requester });
  }

  @Post('actions/:attemptId/look-again')
  @HttpCode(200)
  @RequireScope('operator')
  @Answers(200, actionAnswer, { description: 'The action, due now', example: actionExample })
  @AnswersProblem('ATTEMPT_NOT_FOUND', 'ATTEMPT_CONCLUDED', 'MALFORMED_JSON', 'VALIDATION_FAILED')
  look(
    @Param('attemptId', { schema: paymentAttemptId }) attemptId: string,
    @Query({ schema: actionQuery }) query: { merchantId?: string },
    @Body({ schema: operatorNoteBody }) body: OperatorNoteBody,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ActionAnswer> {
    const { merchantId } = query;
    return this.lookAgain.lookAgain(attemptId, { merchantId, note: body.note, by: toActor(body, principal) });
  }

  @Post('actions/:attemptId/conclude')
  @HttpCode(200)
  @RequireScope('operator')
  @Answers(200, actionAnswer, { description: 'The action with its outcome', example: actionExample })
  @AnswersProblem('ATTEMPT_NOT_FOUND', 'ATTEMPT_CONCLUDED', 'ATTEMPT_NOT_STUCK', 'CONTRADICTS_PROVIDER')
  @AnswersProblem('PROVIDER_UNAVAILABLE', 'MALFORMED_JSON', 'VALIDATION_FAILED', 'UNSUPPORTED_MEDIA_TYPE')
  conclude(
    @Param('attemptId', { schema: paymentAttemptId }) attemptId: string,
    @Query({ schema: actionQuery }) query: { merchantId?: string },
    @Body({ schema: concludeActionBody }) body: ConcludeActionBody,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ActionAnswer> {
    const { merchantId } = query;
    return this.concludeAction.conclude({ attemptId, merchantId, body, by: toActor(body, principal) });
  }
}
