import { Injectable } from '@nestjs/common';
import { KnownError } from '@tollgate/contracts';
import type { EventTransaction } from '@tollgate/messaging';
import { Database, type Statement, type Transaction } from '@tollgate/persistence';
import { toAuditRow, toStepEvents } from './approval.event.ts';
import { type ApprovalRow, toApproval, toRow, toVote, type VoteRow } from './approval-row.policy.ts';
import type { Approval, ApprovalStep, FoundApproval } from './approval.types.ts';
import {
  findVotes,
  lockApprovals,
  lockOverdueApprovals,
  lockReviews,
  selectNextExpiry,
  selectNow,
} from './sql/lock-approvals.sql.ts';
import {
  countApprovals,
  countPending,
  findApprovals,
  listApprovals,
  listMostUrgent,
  listPending,
} from './sql/read-approvals.sql.ts';
import { insertApprovals, insertAuditRows, insertVotes, updateApprovals } from './sql/write-approvals.sql.ts';

/** Which approvals are listed. Null: any. */
export interface ApprovalFilter {
  readonly merchantId: string | null;
  readonly resourceType: string | null;
  readonly resourceId: string | null;
  readonly kind: string | null;
  readonly decision: string | null;
}

/** Which page of them. What is pending can be had by the time that is left: whoever decides looks at that. */
export interface ApprovalPage {
  readonly limit: number;
  readonly offset: number;
  readonly order: 'newest' | 'time left';
}

/** Approvals, their votes, and the log of their steps. */
@Injectable()
export class ApprovalRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async findByIds(ids: readonly string[]): Promise<FoundApproval[]> {
    const rows = await this.#database.query<ApprovalRow & { now: Date }>(findApprovals, [ids]);
    return rows.map((row) => ({ approval: toApproval(row, row.votes ?? []), now: row.now }));
  }

  /** A page, and how many there are in all. */
  async list(
    filter: ApprovalFilter,
    { limit, offset, order }: ApprovalPage,
  ): Promise<{ found: FoundApproval[]; total: number }> {
    const fitting = [filter.merchantId, filter.resourceType, filter.resourceId, filter.kind, filter.decision];
    const isQueue = filter.decision === 'pending';
    const listed = isQueue ? (order === 'time left' ? listMostUrgent : listPending) : listApprovals;
    const [rows, [count]] = await Promise.all([
      this.#database.query<ApprovalRow & { now: Date }>(listed, [...fitting, limit, offset]),
      this.#database.query<{ total: string }>(isQueue ? countPending : countApprovals, fitting),
    ]);
    return {
      found: rows.map((row) => ({ approval: toApproval(row, row.votes ?? []), now: row.now })),
      total: Number(count?.total ?? 0),
    };
  }

  /** Locks them until the transaction ends; the time is the database's once the locks are held. */
  async lockByIds(tx: Transaction, ids: readonly string[]): Promise<{ approvals: Approval[]; now: Date }> {
    return this.#lock(tx, lockApprovals, [ids]);
  }

  /** Locks the reviews of these attempts or commands. */
  async lockReviews(
    tx: Transaction,
    resourceType: 'payment_attempt' | 'payment_command',
    resources: ReadonlyArray<{ readonly merchantId: string; readonly resourceId: string }>,
  ): Promise<{ approvals: Approval[]; now: Date }> {
    return this.#lock(tx, lockReviews, [
      resources.map(({ merchantId }) => merchantId),
      resources.map(({ resourceId }) => resourceId),
      resourceType,
    ]);
  }

  /** Locks pending approvals whose time is over, as many as asked for at most. */
  async lockOverdue(tx: Transaction, countMax: number): Promise<{ approvals: Approval[]; now: Date }> {
    return this.#lock(tx, lockOverdueApprovals, [countMax]);
  }

  /** Milliseconds until the next pending approval is over; undefined when none ever is. */
  async findNextExpiryMs(): Promise<number | undefined> {
    const [row] = await this.#database.query<{ delay_ms: string | number | null }>(selectNextExpiry);
    const delayMs = row?.delay_ms ?? null;
    return delayMs === null ? undefined : Number(delayMs);
  }

  async now(tx: Transaction): Promise<Date> {
    const [row] = await tx.query<{ now: Date }>(selectNow);
    return row!.now;
  }

  /**
   * Writes newly opened approvals with their events and log rows.
   * @returns the ids of those that are new: the others' resources have one that is pending, or were reviewed before
   */
  async open(tx: EventTransaction, steps: readonly ApprovalStep[]): Promise<ReadonlySet<string>> {
    const rows = await tx.query<{ id: string }>(insertApprovals, [
      toJson(steps.map(({ approval }) => toRow(approval))),
    ]);
    const ids = new Set(rows.map(({ id }) => id));
    await this.#announce(
      tx,
      steps.filter(({ approval }) => ids.has(approval.id)),
    );
    return ids;
  }

  /**
   * Writes the next step of approvals that this transaction has locked, with their votes, events and log rows.
   * @throws KnownError DATABASE_CONFLICT when one is not as it was read, after which nothing has happened
   */
  async take(tx: EventTransaction, steps: readonly ApprovalStep[]): Promise<void> {
    if (steps.length === 0) {
      return;
    }
    const rows = await tx.query(updateApprovals, [toJson(steps.map(({ approval }) => toRow(approval)))]);
    if (rows.length !== steps.length) {
      throw new KnownError('DATABASE_CONFLICT', { detail: 'An approval has changed since it was locked' });
    }
    await this.#announce(tx, steps);
  }

  async #announce(tx: EventTransaction, steps: readonly ApprovalStep[]): Promise<void> {
    if (steps.length === 0) {
      return;
    }
    const votes = steps.flatMap(({ approval, vote }) =>
      vote === undefined
        ? []
        : {
            approval_id: approval.id,
            data_snapshot_hash: approval.dataSnapshotHash,
            voter: vote.voter,
            reviewer: vote.reviewer,
            decision: vote.decision,
            note: vote.note,
            voted_at: vote.at,
          },
    );
    await Promise.all([
      votes.length === 0 ? [] : tx.query(insertVotes, [toJson(votes)]),
      tx.query(insertAuditRows, [toJson(steps.map(toAuditRow))]),
    ]);
    tx.emit(...steps.flatMap(toStepEvents));
  }

  async #lock(
    tx: Transaction,
    statement: Statement,
    values: readonly unknown[],
  ): Promise<{ approvals: Approval[]; now: Date }> {
    const [rows, now] = await Promise.all([tx.query<ApprovalRow>(statement, values), this.now(tx)]);
    if (rows.length === 0) {
      return { approvals: [], now };
    }
    const votes = await tx.query<VoteRow>(findVotes, [rows.map(({ id }) => id)]);
    const votesOf = Map.groupBy(votes, (vote) => vote.approval_id);
    return { approvals: rows.map((row) => toApproval(row, (votesOf.get(row.id) ?? []).map(toVote))), now };
  }
}

function toJson(rows: readonly object[]): string {
  return JSON.stringify(rows);
}
