import { Injectable } from '@nestjs/common';
import type { DecidedOrder } from '@tollgate/contracts';
import { Database, type Transaction } from '@tollgate/persistence';
import { type ActionKey, toActionKeyText } from '../actions/action.repository.ts';
import { findSessionMismatches, insertClientSession } from './client-session.sql.ts';

/** The table `client_session`: sessions that were made here, and what they are about. */
@Injectable()
export class ClientSessionRepository {
  constructor(private readonly database: Database) {}

  async insert(merchantId: string, order: DecidedOrder, clientSessionId: string | undefined): Promise<void> {
    const { orderId, amountMinor, currency } = order;
    const values = [merchantId, orderId, amountMinor, currency, clientSessionId ?? null];
    await this.database.query(insertClientSession, values);
  }

  /** The keys, as texts, of those actions that contradict what their sessions were made for. */
  async findMismatches(tx: Transaction, actions: readonly ActionKey[]): Promise<ReadonlySet<string>> {
    const rows = await tx.query<{ merchant_id: string; attempt_id: string }>(findSessionMismatches, [
      actions.map(({ merchantId }) => merchantId),
      actions.map(({ attemptId }) => attemptId),
    ]);
    return new Set(rows.map((row) => toActionKeyText({ merchantId: row.merchant_id, attemptId: row.attempt_id })));
  }
}
