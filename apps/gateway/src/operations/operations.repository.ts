import { Injectable } from '@nestjs/common';
import type { IncidentListQuery } from '@tollgate/contracts';
import { Database } from '@tollgate/persistence';
import { type ActionRow, toAction } from '../actions/action.store.ts';
import type { ActionState } from '../actions/action.states.ts';
import type { Action } from '../actions/action.types.ts';
import type { IncidentRow } from '../incidents/incident-answer.policy.ts';
import {
  findAction,
  findSupersededDecisions,
  listActionsOfState,
  listAllActions,
  listIncidents,
} from './operations.sql.ts';
import type { PageEnd } from './page-cursor.policy.ts';

/** An action and where it stands in the list. */
export interface ListedAction {
  readonly action: Action;
  readonly pageAt: string;
}

export interface SupersededRow {
  decision: string;
  decision_source: string;
  decision_reason: string;
  decided_at: Date;
  recorded_at: Date;
}

/** An incident and where it stands in the list. */
export interface ListedIncident extends IncidentRow {
  page_at: string;
}

/** Which incidents are wanted; what is left out is any. */
export type IncidentFilters = Omit<IncidentListQuery, 'cursor' | 'limit'>;

/** What operators read. */
@Injectable()
export class OperationsRepository {
  constructor(private readonly database: Database) {}

  async findAction(attemptId: string, merchantId?: string): Promise<Action | undefined> {
    const [row] = await this.database.query<ActionRow>(findAction, [attemptId, merchantId ?? null]);
    return row === undefined ? undefined : toAction(row);
  }

  async findSuperseded({ attemptId, merchantId }: Action): Promise<SupersededRow[]> {
    return this.database.query<SupersededRow>(findSupersededDecisions, [attemptId, merchantId]);
  }

  async listActions(state: ActionState | undefined, end: PageEnd | undefined, count: number): Promise<ListedAction[]> {
    const statement = state === undefined ? listAllActions : listActionsOfState[state];
    const rows = await this.database.query<ActionRow & { page_at: string }>(statement, [
      end?.at ?? null,
      end?.id ?? null,
      count,
    ]);
    return rows.map((row) => ({ action: toAction(row), pageAt: row.page_at }));
  }

  async listIncidents(
    { state, kind, paymentAttemptId, merchantId }: IncidentFilters,
    end: PageEnd | undefined,
    count: number,
  ): Promise<ListedIncident[]> {
    const isOpen = state === undefined ? null : state === 'OPEN';
    return this.database.query<ListedIncident>(listIncidents, [
      ...[end?.at ?? null, end?.id ?? null, count],
      ...[isOpen, kind ?? null, paymentAttemptId ?? null, merchantId ?? null],
    ]);
  }
}
