import { Injectable } from '@nestjs/common';
import type { EventTransaction } from '@tollgate/messaging';
import { AttemptRepository } from './attempt.repository.ts';
import type { Attempt } from './attempt.types.ts';
import { type OwnDecision, toOwnDecisionRecord } from './own-decision.policy.ts';

/** Records and announces decisions of intake's own, in the caller's transaction. */
@Injectable()
export class OwnDecisions {
  constructor(private readonly attempts: AttemptRepository) {}

  /**
   * Each decision is announced once: the timeline line, whose id is the event's, tells whether it was taken before.
   * @param taken attempts locked by the caller, each with the decision about it
   * @returns the attempts as they are then, and how many decisions were new
   */
  async record(
    tx: EventTransaction,
    taken: ReadonlyArray<{ attempt: Attempt; own: OwnDecision }>,
  ): Promise<{ attempts: Attempt[]; announced: number }> {
    if (taken.length === 0) {
      return { attempts: [], announced: 0 };
    }
    const records = taken.map(({ attempt, own }) => toOwnDecisionRecord(attempt, own));
    const added = await this.attempts.addTimeline(
      tx,
      records.map((record) => record.line),
    );
    const fresh = records.filter((record) => added.has(record.line.entryId));
    if (fresh.length > 0) {
      await this.attempts.writeFacts(
        tx,
        fresh.map((record) => record.attempt),
      );
      tx.emit(...fresh.map((record) => record.outgoing));
    }
    return { attempts: records.map((record) => record.attempt), announced: fresh.length };
  }
}
