import { Injectable } from '@nestjs/common';
import type { ActionListAnswer, ActionListQuery } from '@tollgate/contracts';
import { toActionAnswer } from './action-answer.policy.ts';
import { HeldBack } from './held-back.service.ts';
import { OperationsRepository } from './operations.repository.ts';
import { parseCursor, toPage } from './page-cursor.policy.ts';

/** A page of actions, newest first. */
@Injectable()
export class ListActionsHandler {
  constructor(
    private readonly operations: OperationsRepository,
    private readonly heldBack: HeldBack,
  ) {}

  /** @throws KnownError VALIDATION_FAILED for a cursor that is none */
  async list({ state, cursor, limit }: ActionListQuery): Promise<ActionListAnswer> {
    const end = cursor === undefined ? undefined : parseCursor(cursor);
    const rows = await this.operations.listActions(state, end, limit + 1);
    return toPage(
      rows,
      limit,
      ({ action }) => toActionAnswer(action, this.heldBack.reasonOf(action)),
      ({ action, pageAt }) => ({ at: pageAt, id: action.attemptId }),
    );
  }
}
