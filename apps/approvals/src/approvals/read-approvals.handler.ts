import { Injectable } from '@nestjs/common';
import {
  type ApprovalAnswer,
  type ApprovalListAnswer,
  type ApprovalListQuery,
  KnownError,
  type Principal,
} from '@tollgate/contracts';
import { toApprovalAnswer, toReadership } from './approval-answer.policy.ts';
import { toApprovalId } from './approval-id.policy.ts';
import { ApprovalRepository } from './approval.repository.ts';
import { People } from '../people/people.service.ts';

/** Approvals as their readers see them: a merchant's key its own, everybody else all. */
@Injectable()
export class ReadApprovalsHandler {
  constructor(
    private readonly approvals: ApprovalRepository,
    private readonly people: People,
  ) {}

  /** @throws KnownError MERCHANT_FOREIGN when another merchant's are asked for */
  async list(query: ApprovalListQuery, principal: Principal): Promise<ApprovalListAnswer> {
    const own = principal.kind === 'merchant' ? principal.merchantId : undefined;
    if (own !== undefined && query.merchantId !== undefined && query.merchantId !== own) {
      throw new KnownError('MERCHANT_FOREIGN');
    }
    const { limit, offset } = query;
    const { found, total } = await this.approvals.list(
      {
        merchantId: own ?? query.merchantId ?? null,
        resourceType: query.resourceType ?? null,
        resourceId: query.resourceId ?? null,
        kind: query.kind ?? null,
        decision: query.decision ?? null,
      },
      { limit, offset, order: principal.kind === 'person' ? 'time left' : 'newest' },
    );
    const data = (await this.people.withCountingVotes(found)).map((one) =>
      toApprovalAnswer(one, toReadership(principal)),
    );
    return { object: 'list', data, pagination: { limit, offset, total } };
  }

  /** @throws KnownError APPROVAL_NOT_FOUND, also for another merchant's */
  async get(id: string, principal: Principal): Promise<ApprovalAnswer> {
    const approvalId = toApprovalId(id);
    const [found] = approvalId === undefined ? [] : await this.approvals.findByIds([approvalId]);
    const own = principal.kind === 'merchant' ? principal.merchantId : undefined;
    if (found === undefined || (own !== undefined && found.approval.merchantId !== own)) {
      throw new KnownError('APPROVAL_NOT_FOUND');
    }
    const [shown = found] = await this.people.withCountingVotes([found]);
    return toApprovalAnswer(shown, toReadership(principal));
  }
}
