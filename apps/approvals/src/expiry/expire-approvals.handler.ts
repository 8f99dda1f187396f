import { Injectable } from '@nestjs/common';
import { EventTransactions } from '@tollgate/messaging';
import { ApprovalRepository } from '../approvals/approval.repository.ts';
import { expire } from '../approvals/approval.states.ts';

/** Approvals that end in one transaction; more than these take further ones at once. */
const BATCH_MAX = 200;

/** Ends approvals that nobody has decided in time. Of an attempt the deadline keeper decides; here it is only said. */
@Injectable()
export class ExpireApprovalsHandler {
  constructor(
    private readonly transactions: EventTransactions,
    private readonly approvals: ApprovalRepository,
  ) {}

  /** @returns whether there may be more at once */
  async expireOverdue(): Promise<boolean> {
    return this.transactions.run(async (tx) => {
      const { approvals, now } = await this.approvals.lockOverdue(tx, BATCH_MAX);
      await this.approvals.take(
        tx,
        approvals.map((approval) => expire(approval, now)),
      );
      return approvals.length === BATCH_MAX;
    });
  }

  /** Milliseconds until the next one; undefined when nothing that is pending ever ends. */
  async findNextDelayMs(): Promise<number | undefined> {
    return this.approvals.findNextExpiryMs();
  }
}
