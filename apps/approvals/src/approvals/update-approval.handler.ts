import { Injectable } from '@nestjs/common';
import { type ApprovalAnswer, KnownError, type Principal, type UpdateApprovalInput } from '@tollgate/contracts';
import { EventTransactions } from '@tollgate/messaging';
import { MerchantDirectory, type MerchantSettings } from '@tollgate/persistence';
import { Metrics } from '@tollgate/platform';
import { ApprovalOptions } from '../approvals.config.ts';
import { toApprovalAnswer, toReadership } from './approval-answer.policy.ts';
import { toApprovalId } from './approval-id.policy.ts';
import { ApprovalRepository } from './approval.repository.ts';
import { People } from '../people/people.service.ts';
import type { Approval } from './approval.types.ts';
import { toKeyUsed } from './caller.policy.ts';
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
    private readonly people: People,
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
      const [found] = approvals;
      if (found === undefined || (caller.merchantId !== undefined && found.merchantId !== caller.merchantId)) {
        throw new KnownError('APPROVAL_NOT_FOUND');
      }
      // By this transaction's connection: nobody who holds a row waits for another connection of the same pool.
      const [approval = found] = await this.people.keepCountingVotes([found], tx);
      const settings = await this.merchants.settingsOf(tx, [found.merchantId]);
      const verdict = updateApproval(approval, input, caller, {
        now,
        claimMs: this.options.claimMs,
        deadlineMayApprove: deadlineMayApprove(approval, settings.get(approval.merchantId)),
      });
      if (verdict.step !== undefined) {
        await this.approvals.take(tx, [{ ...verdict.step, ...toKeyUsed(principal) }]);
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
}

function deadlineMayApprove({ amountMinor, currency }: Approval, settings: MerchantSettings | undefined): boolean {
  const cap = currency === null ? undefined : settings?.deadlineApproveMaxMinor[currency];
  return cap !== undefined && amountMinor !== null && BigInt(amountMinor) <= BigInt(cap);
}
