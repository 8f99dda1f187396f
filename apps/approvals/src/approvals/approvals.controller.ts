import { Body, Controller, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import {
  approvalAnswer,
  type ApprovalAnswer,
  approvalExample,
  approvalListAnswer,
  type ApprovalListAnswer,
  approvalListExample,
  approvalListQuery,
  type ApprovalListQuery,
  createApprovalInput,
  type CreateApprovalInput,
  updateApprovalInput,
  type UpdateApprovalInput,
} from '@tollgate/contracts';
import { Answers, CurrentPrincipal, type Principal, RequireScope } from '@tollgate/platform';
import { AnswersApprovalProblem } from './approval-problem.decorator.ts';
import { CreateApprovalHandler } from './create-approval.handler.ts';
import { ReadApprovalsHandler } from './read-approvals.handler.ts';
import { UpdateApprovalHandler } from './update-approval.handler.ts';

/** Paygentic's approvals, path by path and field by field. */
@Controller('v0/approvals')
export class ApprovalsController {
  constructor(
    private readonly creating: CreateApprovalHandler,
    private readonly reading: ReadApprovalsHandler,
    private readonly updating: UpdateApprovalHandler,
  ) {}

  @Post()
  @HttpCode(201)
  @RequireScope('approvals:write')
  @Answers(201, approvalAnswer, { description: 'The approval, pending', example: approvalExample })
  @AnswersApprovalProblem(400, 404, 409)
  create(
    @Body({ schema: createApprovalInput }) body: CreateApprovalInput,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ApprovalAnswer> {
    return this.creating.create(body, principal);
  }

  @Get()
  @RequireScope('approvals:read')
  @Answers(200, approvalListAnswer, { description: 'Approvals, newest first', example: approvalListExample })
  @AnswersApprovalProblem(400)
  list(
    @Query({ schema: approvalListQuery }) query: ApprovalListQuery,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ApprovalListAnswer> {
    return this.reading.list(query, principal);
  }

  @Get(':id')
  @RequireScope('approvals:read')
  @Answers(200, approvalAnswer, { description: 'The approval', example: approvalExample })
  @AnswersApprovalProblem(404)
  get(@Param('id') id: string, @CurrentPrincipal() principal: Principal): Promise<ApprovalAnswer> {
    return this.reading.get(id, principal);
  }

  @Patch(':id')
  @RequireScope('approvals:write', 'approvals:review')
  @Answers(200, approvalAnswer, { description: 'The approval after it', example: approvalExample })
  @AnswersApprovalProblem(400, 404, 409)
  update(
    @Param('id') id: string,
    @Body({ schema: updateApprovalInput }) body: UpdateApprovalInput,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ApprovalAnswer> {
    return this.updating.update(id, body, principal);
  }
}
