import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '@tollgate/persistence';
import type { PageEnd } from '../operations/page-cursor.policy.ts';
import { insertOperatorActions, listOperatorActions } from './operator-action.sql.ts';

/** What an operator did, as it is written down. */
export interface NewOperatorAction {
  readonly kind:
    | 'incident-closed'
    | 'payment-cancel-asked'
    | 'looked-again'
    | 'concluded'
    | 'command-looked-again'
    | 'command-concluded'
    | 'approvals-stopped'
    | 'approvals-resumed';
  readonly by: string;
  readonly note: string;
  /** Null for what concerns all merchants. */
  readonly merchantId: string | null;
  readonly attemptId?: string | null;
  readonly incidentId?: string;
  readonly facts?: Readonly<Record<string, string | number | null>>;
}

export interface OperatorActionRow {
  id: string;
  at: Date;
  kind: string;
  actor: string;
  note: string;
  merchant_id: string | null;
  attempt_id: string | null;
  incident_id: string | null;
  facts: Record<string, unknown>;
  page_at: string;
}

/** The table `operator_action`: only ever added to. */
@Injectable()
export class OperatorActionRepository {
  constructor(private readonly database: Database) {}

  /** Written in the transaction of the deed itself: neither is there without the other. */
  async insert(tx: Transaction, actions: readonly NewOperatorAction[]): Promise<void> {
    if (actions.length === 0) {
      return;
    }
    const rows = actions.map((action) => ({
      kind: action.kind,
      actor: action.by,
      note: action.note,
      merchant_id: action.merchantId,
      attempt_id: action.attemptId ?? null,
      incident_id: action.incidentId ?? null,
      facts: action.facts ?? {},
    }));
    await tx.query(insertOperatorActions, [JSON.stringify(rows)]);
  }

  async list(end: PageEnd | undefined, count: number): Promise<OperatorActionRow[]> {
    return this.database.query(listOperatorActions, [end?.at ?? null, end?.id ?? null, count]);
  }
}
