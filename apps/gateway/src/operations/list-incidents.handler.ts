import { Injectable } from '@nestjs/common';
import type { IncidentAnswer, IncidentListAnswer, IncidentListQuery } from '@tollgate/contracts';
import { type IncidentRow, OperationsRepository } from './operations.repository.ts';
import { parseCursor, toPage } from './page-cursor.policy.ts';

/** A page of incidents, newest first. */
@Injectable()
export class ListIncidentsHandler {
  constructor(private readonly operations: OperationsRepository) {}

  /** @throws KnownError VALIDATION_FAILED for a cursor that is none */
  async list({ cursor, limit }: IncidentListQuery): Promise<IncidentListAnswer> {
    const end = cursor === undefined ? undefined : parseCursor(cursor);
    const rows = await this.operations.listIncidents(end, limit + 1);
    return toPage(rows, limit, toIncidentAnswer, (row) => ({ at: row.page_at, id: row.id }));
  }
}

function toIncidentAnswer(row: IncidentRow): IncidentAnswer {
  return {
    id: row.id,
    merchantId: row.merchant_id,
    kind: row.kind,
    paymentAttemptId: row.attempt_id,
    paymentId: row.payment_id,
    facts: row.facts,
    count: row.count,
    firstSeenAt: row.first_seen_at.toISOString(),
    lastSeenAt: row.last_seen_at.toISOString(),
  };
}
