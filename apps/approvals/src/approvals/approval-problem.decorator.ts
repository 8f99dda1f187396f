import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { approvalProblem } from '@tollgate/contracts';

const DESCRIPTIONS: Readonly<Record<number, string>> = {
  400: 'The body, or a parameter, does not fit',
  404: 'No such approval, or none of this key',
  409: 'The state does not allow it',
};

/** Documents the problems that a route answers in Paygentic's shape. */
export function AnswersApprovalProblem(...statuses: readonly number[]): MethodDecorator {
  return applyDecorators(
    ...statuses.map((status) =>
      ApiResponse({ status, description: DESCRIPTIONS[status] ?? '', standardSchema: approvalProblem }),
    ),
  );
}
