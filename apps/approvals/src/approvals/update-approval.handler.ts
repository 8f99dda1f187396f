import { Injectable } from '@nestjs/common';
import { type ApprovalAnswer, KnownError, type Principal, type UpdateApprovalInput } from '@tollgate/contracts';
import { EventTransactions } from '@tollgate/messaging';
import { MerchantDirectory } from '@tollgate/persistence';
import { Metrics } from '@tollgate/platform';
import { ApprovalOptions } from '../approvals.config.ts';
import { toApprovalAnswer, toReadership } from './approval-answer.policy.ts';
import { toApprovalId } from './approval-id.policy.ts';
import { ApprovalRepository } from './approval.repository.ts';
import type { Approval } from './approval.types.ts';
import { Callers } from './callers.service.ts';
import { updateApproval } from './update-approval.policy.ts';

/** Decides, recalls or claims an approval: under a lock, so that of several who come at once one wins. */
@Injectable()
export class UpdateApprovalHandler {
  readonly #steps;

  constructor(
    private readonly transactions: EventTransactions,
    private readonly approvals: ApprovalRepository,
    private readonly merchants: MerchantDirectory,
    private readonly callers: Callers,
    private readonly options: ApprovalOptions,
    metrics: Metrics,
  ) {
    this.#steps = metrics.counter({
      name: 'approvals_steps_total',
      help: 'Requests about approvals by what they came to: the change, or the code of the refusal',
      labelNames: ['result'],
    });
  }

  /** @throws KnownError APPROVAL_NOT_FOUND, also for another merchant's; else what {@link updateApproval} refuses with */
  async update(id: string, input: UpdateApprovalInput, principal: Principal): Promise<ApprovalAnswer> {
    const approvalId = toApprovalId(id);
    if (approvalId === undefined) {
      throw new KnownError('APPROVAL_NOT_FOUND');
    }
    const caller = await this.callers.toCaller(principal, input.actorId);
    const result = await this.transactions.run(async (tx) => {
      const { approvals, now } = await this.approvals.lockByIds(tx, [approvalId]);
      const [approval] = approvals;
      if (approval === undefined || (caller.merchantId !== undefined && approval.merchantId !== caller.merchantId)) {
        throw new KnownError('APPROVAL_NOT_FOUND');
      }
      const verdict = updateApproval(approval, input, caller, {
        now,
        claimMs: this.options.claimMs,
        deadlineMayApprove: await this.#deadlineMayApprove(approval),
      });
      if (verdict.step !== undefined) {
        await this.approvals.take(tx, [verdict.step]);
      }
      const after = { approval: verdict.step?.approval ?? approval, now };
      return { ...verdict, answer: toApprovalAnswer(after, toReadership(principal)) };
    });
    this.#steps.inc({ result: result.refusal?.code ?? result.step?.change ?? 'unchanged' });
    // Thrown here and not above: what was written about a late approve is to stay.
    if (result.refusal !== undefined) {
      throw result.refusal;
    }
    return result.answer;
  }

  async #deadlineMayApprove({ merchantId, amountMinor, currency }: Approval): Promise<boolean> {
    const merchant = await this.merchants.find(merchantId);
    const cap = currency === null ? undefined : merchant?.settings.deadlineApproveMaxMinor[currency];
    return cap !== undefined && amountMinor !== null && BigInt(amountMinor) <= BigInt(cap);
  }
}
