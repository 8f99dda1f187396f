import { Injectable } from '@nestjs/common';
import type { IncidentListAnswer, IncidentListQuery } from '@tollgate/contracts';
import { DatabaseClock } from '../clock/database-clock.service.ts';
import { toIncidentAnswer } from '../incidents/incident-answer.policy.ts';
import { OperationsRepository } from './operations.repository.ts';
import { parseCursor, toPage } from './page-cursor.policy.ts';

/** A page of incidents, newest first. */
@Injectable()
export class ListIncidentsHandler {
  constructor(
    private readonly operations: OperationsRepository,
    private readonly clock: DatabaseClock,
  ) {}

  /** @throws KnownError VALIDATION_FAILED for a cursor that is none */
  async list({ cursor, limit, ...filters }: IncidentListQuery): Promise<IncidentListAnswer> {
    const end = cursor === undefined ? undefined : parseCursor(cursor);
    const rows = await this.operations.listIncidents(filters, end, limit + 1);
    const now = this.clock.now();
    return toPage(
      rows,
      limit,
      (row) => toIncidentAnswer(row, now),
      (row) => ({ at: row.page_at, id: row.id }),
    );
  }
}
