import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '@tollgate/persistence';
import { type ActionRow, toAction, toActionRow } from './action.store.ts';
import type { Action } from './action.types.ts';
import { claimActions } from './sql/claim-actions.sql.ts';
import { findWonDecisions } from './sql/find-won-decisions.sql.ts';
import { holdActions } from './sql/hold-actions.sql.ts';
import { insertSupersededDecisions } from './sql/insert-superseded-decisions.sql.ts';
import { lockDueActions } from './sql/lock-due-actions.sql.ts';
import { postponeActions } from './sql/postpone-actions.sql.ts';
import { recordResults } from './sql/record-results.sql.ts';
import { renewLeases } from './sql/renew-leases.sql.ts';

/** What names an action. */
export type ActionKey = Pick<Action, 'merchantId' | 'attemptId'>;

/** A decision that came after another one had won. */
export interface SupersededDecision extends ActionKey {
  readonly eventSource: string;
  readonly eventId: string;
  readonly decision: string;
  readonly source: string;
  readonly reason: string;
  readonly decidedAt: string;
}

interface KeyRow {
  merchant_id: string;
  attempt_id: string;
}

/** One text for an action's key, for maps and sets. */
export function toActionKeyText({ merchantId, attemptId }: ActionKey): string {
  return `${attemptId}/${merchantId}`;
}

/** The table `attempt_action` and what lies beside it. */
@Injectable()
export class ActionRepository {
  constructor(private readonly database: Database) {}

  /**
   * Takes the rows that are free, and the orders of those that approve at once. Returns the rows that were won by their
   * keys' texts, each with whether its order was free as well and whether its session was made for it.
   */
  async claim(
    tx: Transaction,
    actions: readonly Action[],
    { leaseMs, mayPayTwice }: { readonly leaseMs: number; readonly mayPayTwice: readonly string[] },
  ): Promise<ReadonlyMap<string, { readonly hasOrder: boolean; readonly fitsSession: boolean }>> {
    const won = await tx.query<KeyRow & { has_order: boolean; fits_session: boolean }>(claimActions, [
      toJson(actions),
      leaseMs,
      mayPayTwice,
    ]);
    return new Map(
      won.map((row) => [toActionKeyText(toKey(row)), { hasOrder: row.has_order, fitsSession: row.fits_session }]),
    );
  }

  async findWonDecisions(tx: Transaction, keys: readonly ActionKey[]): Promise<ReadonlyMap<string, string>> {
    const rows = await tx.query<KeyRow & { decision: string }>(findWonDecisions, [
      keys.map(({ merchantId }) => merchantId),
      keys.map(({ attemptId }) => attemptId),
    ]);
    return new Map(rows.map((row) => [toActionKeyText(toKey(row)), row.decision]));
  }

  async insertSuperseded(tx: Transaction, decisions: readonly SupersededDecision[]): Promise<void> {
    const rows = decisions.map((one) => ({
      event_source: one.eventSource,
      event_id: one.eventId,
      merchant_id: one.merchantId,
      attempt_id: one.attemptId,
      decision: one.decision,
      decision_source: one.source,
      decision_reason: one.reason,
      decided_at: one.decidedAt,
    }));
    await tx.query(insertSupersededDecisions, [JSON.stringify(rows)]);
  }

  /** Locks what is due until the transaction ends. */
  async lockDue(
    tx: Transaction,
    limits: {
      readonly count: number;
      readonly noCallsOf: readonly string[];
      readonly noSearchesOf: readonly string[];
      readonly silentExpiryMs: number;
    },
  ): Promise<ReadonlyArray<{ readonly action: Action; readonly sighted: boolean }>> {
    const rows = await tx.query<ActionRow & { sighted: boolean }>(lockDueActions, [
      limits.count,
      limits.noCallsOf,
      limits.silentExpiryMs,
      limits.noSearchesOf,
    ]);
    return rows.map((row) => ({ action: toAction(row), sighted: row.sighted }));
  }

  /** Locked actions are due as late as they say; nothing else of them is written. */
  async postpone(tx: Transaction, actions: readonly Action[]): Promise<void> {
    await tx.query(postponeActions, [
      actions.map(({ merchantId }) => merchantId),
      actions.map(({ attemptId }) => attemptId),
      actions.map(({ dueAt }) => dueAt),
    ]);
  }

  async hold(tx: Transaction, actions: readonly Action[], leaseMs: number): Promise<void> {
    await tx.query(holdActions, [toJson(actions), leaseMs]);
  }

  /** Returns the keys of those whose fence was still the caller's, as texts. */
  async recordResults(tx: Transaction, actions: readonly Action[]): Promise<ReadonlySet<string>> {
    return toKeySet(await tx.query<KeyRow>(recordResults, [toJson(actions)]));
  }

  /** Returns the keys of the leases that still hold, as texts. */
  async renewLeases(
    actions: ReadonlyArray<ActionKey & { readonly fence: number }>,
    leaseMs: number,
  ): Promise<ReadonlySet<string>> {
    return toKeySet(
      await this.database.query<KeyRow>(renewLeases, [
        actions.map(({ merchantId }) => merchantId),
        actions.map(({ attemptId }) => attemptId),
        actions.map(({ fence }) => fence),
        leaseMs,
      ]),
    );
  }
}

function toJson(actions: readonly Action[]): string {
  return JSON.stringify(actions.map(toActionRow));
}

function toKey(row: KeyRow): ActionKey {
  return { merchantId: row.merchant_id, attemptId: row.attempt_id };
}

function toKeySet(rows: readonly KeyRow[]): ReadonlySet<string> {
  return new Set(rows.map((row) => toActionKeyText(toKey(row))));
}
