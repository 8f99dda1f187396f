import { Injectable } from '@nestjs/common';
import type { ApprovalChangedData } from '@tollgate/contracts';
import type { EventBatch, EventTransaction } from '@tollgate/messaging';
import { DatabaseClock } from '../clock/database-clock.service.ts';
import { CommandBell } from './command-leases.service.ts';
import { toCommandResultEvent } from './command-result.event.ts';
import { CommandVerdictRepository, type HeardVerdict } from './command-verdict.repository.ts';
import { CommandWatch } from './command-watch.service.ts';
import type { Command, CommandKey, Verdict } from './command.types.ts';
import { applyVerdict, expireHold } from './hold-command.policy.ts';

/**
 * Ends the waiting of commands for a second person. The first last word about exactly what waits counts, whether it comes
 * before the command, after it or again; what comes later changes nothing.
 */
@Injectable()
export class SettleHeldHandler {
  constructor(
    private readonly verdicts: CommandVerdictRepository,
    private readonly watch: CommandWatch,
    private readonly bell: CommandBell,
    private readonly clock: DatabaseClock,
  ) {}

  /** @throws KnownError that is retriable, after which nothing has happened */
  async hear({ events, tx }: EventBatch<ApprovalChangedData>): Promise<void> {
    const heard = events.flatMap(({ data }) => toHeardVerdict(data) ?? []);
    if (heard.length > 0) {
      await this.verdicts.insert(tx, heard);
      await this.settle(tx, heard);
    }
  }

  /** Applies what has been said about those of these commands that are held. */
  async settle(tx: EventTransaction, keys: readonly CommandKey[]): Promise<void> {
    const judged = await this.verdicts.lockJudged(tx, keys);
    const now = this.clock.now();
    await this.#release(
      tx,
      judged.map(({ command, verdict }) => applyVerdict(command, verdict, now)),
    );
  }

  /** Ends locked commands about which nobody has said anything in time. */
  async expire(tx: EventTransaction, commands: readonly Command[]): Promise<void> {
    const now = this.clock.now();
    await this.#release(
      tx,
      commands.map((command) => expireHold(command, now)),
    );
  }

  async #release(tx: EventTransaction, commands: readonly Command[]): Promise<void> {
    if (commands.length === 0) {
      return;
    }
    await this.verdicts.release(tx, commands);
    commands.filter(({ concludedAt }) => concludedAt !== null).forEach((one) => tx.emit(toCommandResultEvent(one)));
    tx.afterCommit(() => {
      commands.forEach((command) => this.watch.tell(command));
      this.bell.ringIn(0);
    });
  }
}

/** A last word about a command; undefined for any other step of an approval. */
function toHeardVerdict(data: ApprovalChangedData): HeardVerdict | undefined {
  const { merchantId, resourceType, resourceId, holdDigest, approvalId, reviewer, actor, at } = data;
  const verdict = toVerdict(data);
  return resourceType !== 'payment_command' || verdict === undefined || holdDigest === undefined
    ? undefined
    : { merchantId, commandId: resourceId, holdDigest, verdict, approvalId, actor: reviewer ?? actor, at };
}

function toVerdict({ change, decision }: ApprovalChangedData): Verdict | undefined {
  if (change === 'decided') {
    return decision === 'approved' || decision === 'rejected' ? decision : undefined;
  }
  return change === 'recalled' ? 'cancelled' : change === 'expired' ? 'expired' : undefined;
}
