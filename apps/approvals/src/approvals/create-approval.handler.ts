import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type ApprovalAnswer, type CreateApprovalInput, KnownError, type Principal } from '@tollgate/contracts';
import { EventTransactions } from '@tollgate/messaging';
import { MerchantDirectory } from '@tollgate/persistence';
import { toApprovalAnswer, toReadership } from './approval-answer.policy.ts';
import { ApprovalRepository } from './approval.repository.ts';
import type { Approval, ApprovalStep } from './approval.types.ts';
import { toKeyUsed } from './caller.policy.ts';
import { Callers } from './callers.service.ts';
import type { Caller } from './caller.types.ts';

/** Opens an approval that somebody asks for: of an order or an invoice. */
@Injectable()
export class CreateApprovalHandler {
  constructor(
    private readonly transactions: EventTransactions,
    private readonly approvals: ApprovalRepository,
    private readonly merchants: MerchantDirectory,
    private readonly callers: Callers,
  ) {}

  /** @throws KnownError MERCHANT_FOREIGN, MERCHANT_NOT_FOUND, APPROVAL_ALREADY_PENDING */
  async create(input: CreateApprovalInput, principal: Principal): Promise<ApprovalAnswer> {
    const caller = await this.callers.toCaller(principal, input.actorId);
    if (caller.merchantId !== undefined && caller.merchantId !== input.merchantId) {
      throw new KnownError('MERCHANT_FOREIGN');
    }
    await this.merchants.get(input.merchantId);
    return this.transactions.run(async (tx) => {
      const now = await this.approvals.now(tx);
      const step = open(input, caller, now);
      const opened = await this.approvals.open(tx, [{ ...step, ...toKeyUsed(principal) }]);
      if (opened.size === 0) {
        throw new KnownError('APPROVAL_ALREADY_PENDING', {
          facts: { resourceType: input.resourceType, resourceId: input.resourceId },
        });
      }
      return toApprovalAnswer({ approval: step.approval, now }, toReadership(principal));
    });
  }
}

function open(input: CreateApprovalInput, caller: Caller, now: Date): ApprovalStep {
  const approval: Approval = {
    id: randomUUID(),
    merchantId: input.merchantId,
    resourceType: input.resourceType,
    resourceId: input.resourceId,
    kind: input.kind,
    decision: 'pending',
    requester: caller.name,
    makers: caller.aliases,
    involved: [],
    reviewer: null,
    note: input.note ?? null,
    dataSnapshot: null,
    dataSnapshotHash: input.dataSnapshotHash,
    snapshotAt: now,
    createdAt: now,
    decidedAt: null,
    expiresAt: null,
    orderId: null,
    amountMinor: null,
    currency: null,
    reason: null,
    votesRequired: 1,
    votes: [],
    effect: 'none',
    effectReason: null,
    claimedBy: null,
    claimedParty: null,
    claimedUntil: null,
    sequence: 1,
    attempt: null,
    holdDigest: null,
    traceparent: null,
  };
  return { approval, change: 'opened', actor: caller.name, at: now };
}
