import { Controller, Get, Param, Query } from '@nestjs/common';
import {
  actionDetailAnswer,
  type ActionDetailAnswer,
  actionDetailExample,
  actionExample,
  actionListAnswer,
  type ActionListAnswer,
  actionListQuery,
  type ActionListQuery,
  actionQuery,
  incidentExample,
  incidentListAnswer,
  type IncidentListAnswer,
  incidentListQuery,
  type IncidentListQuery,
  paymentAttemptId,
} from '@tollgate/contracts';
import { Answers, AnswersProblem, RequireScope } from '@tollgate/platform';
import { GetActionHandler } from './get-action.handler.ts';
import { ListActionsHandler } from './list-actions.handler.ts';
import { ListIncidentsHandler } from './list-incidents.handler.ts';

/** What the gateway did, does and could not do: for operators. */
@Controller('v1')
export class OperationsController {
  constructor(
    private readonly getAction: GetActionHandler,
    private readonly listActions: ListActionsHandler,
    private readonly listIncidents: ListIncidentsHandler,
  ) {}

  @Get('actions')
  @RequireScope('operations:read')
  @Answers(200, actionListAnswer, {
    description: 'Actions, newest first',
    example: { data: [actionExample], nextCursor: null },
  })
  @AnswersProblem('VALIDATION_FAILED')
  actions(@Query({ schema: actionListQuery }) query: ActionListQuery): Promise<ActionListAnswer> {
    return this.listActions.list(query);
  }

  @Get('actions/:attemptId')
  @RequireScope('operations:read')
  @Answers(200, actionDetailAnswer, { description: "The attempt's one action", example: actionDetailExample })
  @AnswersProblem('ATTEMPT_NOT_FOUND', 'VALIDATION_FAILED')
  action(
    @Param('attemptId', { schema: paymentAttemptId }) attemptId: string,
    @Query({ schema: actionQuery }) query: { merchantId?: string },
  ): Promise<ActionDetailAnswer> {
    return this.getAction.get(attemptId, query.merchantId);
  }

  @Get('incidents')
  @RequireScope('operations:read')
  @Answers(200, incidentListAnswer, {
    description: 'What needs a person, newest first',
    example: { data: [incidentExample], nextCursor: null },
  })
  @AnswersProblem('VALIDATION_FAILED')
  incidents(@Query({ schema: incidentListQuery }) query: IncidentListQuery): Promise<IncidentListAnswer> {
    return this.listIncidents.list(query);
  }
}
