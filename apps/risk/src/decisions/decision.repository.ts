import { Injectable } from '@nestjs/common';
import type { AttemptIdentity } from '@tollgate/contracts';
import { Database, type Transaction } from '@tollgate/persistence';
import type { AttemptToDecide, Decision, DecisionRow } from './decision.types.ts';
import { findDecidedIdentities } from './sql/find-decided-identities.sql.ts';
import { insertDecisions, insertShadowDecisions } from './sql/insert-decisions.sql.ts';
import { selectDecisionsOfAttempt } from './sql/select-decisions-of-attempt.sql.ts';

interface IdentityRow {
  readonly merchant_id: string;
  readonly attempt_id: string;
  readonly client_session_id: string;
  readonly instrument: string;
  readonly order_id: string;
  readonly amount_minor: string;
  readonly currency: string;
}

/** Decisions by merchant and attempt, kept for ever. */
@Injectable()
export class DecisionRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Identities of those of the attempts that are decided already, by {@link attemptKey}. */
  async findIdentities(
    transaction: Transaction,
    announced: readonly AttemptToDecide[],
  ): Promise<Map<string, AttemptIdentity>> {
    const rows = await transaction.query<IdentityRow>(findDecidedIdentities, [
      announced.map(({ attempt }) => attempt.merchantId),
      announced.map(({ attempt }) => attempt.paymentAttemptId),
    ]);
    return new Map(rows.map((row) => [attemptKey(row.merchant_id, row.attempt_id), toIdentity(row)]));
  }

  /** Records the decisions of a batch; returns when they were made and how many were new. */
  async insert(
    transaction: Transaction,
    decisions: readonly Decision[],
  ): Promise<{ inserted: number; decidedAt: Date | undefined }> {
    // One round trip. The shadows first: the decisions' own instant then lies after everything else of the batch.
    const [, rows] = await Promise.all([
      this.#insertShadows(transaction, decisions),
      transaction.query<{ decided_at: Date }>(insertDecisions, toColumns(decisions)),
    ]);
    return { inserted: rows.length, decidedAt: rows[0]?.decided_at };
  }

  /** Nothing at all while no set is tried. */
  async #insertShadows(transaction: Transaction, decisions: readonly Decision[]): Promise<void> {
    const rows = decisions.flatMap(({ attempt, shadows }) => shadows.map((shadow) => ({ attempt, ...shadow })));
    if (rows.length === 0) return;
    await transaction.query(insertShadowDecisions, [
      rows.map(({ ruleSetId }) => ruleSetId),
      rows.map(({ attempt }) => attempt.merchantId),
      rows.map(({ attempt }) => attempt.paymentAttemptId),
      rows.map(({ verdict }) => verdict.decision),
      rows.map(({ verdict }) => verdict.reason),
      rows.map(({ verdict }) => verdict.score),
      rows.map(({ verdict }) => JSON.stringify(verdict.hits)),
    ]);
  }

  /** What was decided about an attempt, first decision first. */
  async findByAttempt(attemptId: string, merchantId: string | undefined): Promise<DecisionRow[]> {
    return this.#database.query<DecisionRow>(selectDecisionsOfAttempt, [attemptId, merchantId ?? null]);
  }
}

/** One text for merchant and attempt id; a UUID holds no space. */
export function attemptKey(merchantId: string, paymentAttemptId: string): string {
  return `${paymentAttemptId} ${merchantId}`;
}

function toIdentity(row: IdentityRow): AttemptIdentity {
  return {
    merchantId: row.merchant_id,
    clientSessionId: row.client_session_id,
    instrument: row.instrument,
    orderId: row.order_id,
    amountMinor: row.amount_minor,
    currency: row.currency,
  };
}

/** The decisions by column, in the order of the statement's parameters. */
function toColumns(decisions: readonly Decision[]): unknown[][] {
  const columns: Array<(decision: Decision) => unknown> = [
    ({ attempt }) => attempt.merchantId,
    ({ attempt }) => attempt.paymentAttemptId,
    ({ attempt }) => attempt.clientSessionId,
    ({ attempt }) => attempt.instrument,
    ({ attempt }) => attempt.order.orderId,
    ({ attempt }) => attempt.order.amountMinor,
    ({ attempt }) => attempt.order.currency,
    ({ verdict }) => verdict.decision,
    ({ verdict }) => verdict.reason,
    ({ evaluation }) => evaluation.ruleSet,
    ({ evaluation }) => evaluation.version,
    ({ evaluation }) => evaluation.digest,
    ({ evaluation }) => JSON.stringify(evaluation.hits),
    ({ evaluation }) => JSON.stringify(evaluation.features),
    ({ clocks }) => clocks.receivedAt,
    ({ clocks }) => clocks.decideBy,
    ({ clocks }) => clocks.approveBy,
    ({ clocks }) => clocks.expiresAt,
    ({ announcedBy }) => announcedBy.source,
    ({ announcedBy }) => announcedBy.id,
  ];
  return columns.map((column) => decisions.map(column));
}
