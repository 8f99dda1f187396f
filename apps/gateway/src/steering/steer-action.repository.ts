import { Injectable } from '@nestjs/common';
import type { Transaction } from '@tollgate/persistence';
import { type ActionRow, toAction } from '../actions/action.store.ts';
import type { Action } from '../actions/action.types.ts';
import { lockAction, makeDue } from './steer-action.sql.ts';

/** Actions that an operator steers, one at a time. */
@Injectable()
export class SteerActionRepository {
  /** Locks the action until the transaction ends; `held`: a process is at it right now. */
  async lock(
    tx: Transaction,
    attemptId: string,
    merchantId: string | undefined,
  ): Promise<{ readonly action: Action; readonly held: boolean } | undefined> {
    const [row] = await tx.query<ActionRow & { held: boolean | null }>(lockAction, [attemptId, merchantId ?? null]);
    return row === undefined ? undefined : { action: toAction(row), held: row.held === true };
  }

  async makeDue(tx: Transaction, { attemptId, merchantId }: Action): Promise<void> {
    await tx.query(makeDue, [attemptId, merchantId]);
  }
}
