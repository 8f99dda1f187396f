import { Injectable } from '@nestjs/common';
import type { OperatorActionListAnswer, OperatorActionListQuery } from '@tollgate/contracts';
import { parseCursor, toPage } from '../operations/page-cursor.policy.ts';
import { OperatorActionRepository } from './operator-action.repository.ts';

/** A page of what operators did, newest first. */
@Injectable()
export class ListOperatorActionsHandler {
  constructor(private readonly operatorActions: OperatorActionRepository) {}

  /** @throws KnownError VALIDATION_FAILED for a cursor that is none */
  async list({ cursor, limit }: OperatorActionListQuery): Promise<OperatorActionListAnswer> {
    const end = cursor === undefined ? undefined : parseCursor(cursor);
    const rows = await this.operatorActions.list(end, limit + 1);
    return toPage(
      rows,
      limit,
      (row) => ({
        id: row.id,
        at: row.at.toISOString(),
        kind: row.kind,
        by: row.actor,
        note: row.note,
        merchantId: row.merchant_id,
        paymentAttemptId: row.attempt_id,
        incidentId: row.incident_id,
        facts: row.facts,
      }),
      (row) => ({ at: row.page_at, id: row.id }),
    );
  }
}
