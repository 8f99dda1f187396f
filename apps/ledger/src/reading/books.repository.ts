import { Injectable } from '@nestjs/common';
import type {
  ListAccountsQuery,
  ListDisputesQuery,
  ListJournalQuery,
  ListPaymentsQuery,
  ListSetAsideQuery,
  PostingAnswer,
  TrialBalanceQuery,
} from '@tollgate/contracts';
import { Database } from '@tollgate/persistence';
import type { Layer } from '../books/posting.types.ts';
import { parseDueCursor, parseIdCursor, parseOrderCursor } from './page-cursor.policy.ts';
import type {
  DisputeRow,
  EvidenceRow,
  OperationFailureRow,
  PaymentDetailRow,
  PaymentDetails,
  PaymentRow,
} from './payment-row.types.ts';
import { foldPostings, foldPostingsBy } from './sql/fold-postings.sql.ts';
import { listAccounts } from './sql/list-accounts.sql.ts';
import { findDisputesOfPayment, listDisputes } from './sql/list-disputes.sql.ts';
import { listEvidence } from './sql/list-evidence.sql.ts';
import { listJournal } from './sql/list-journal.sql.ts';
import { findPayment, listPayments } from './sql/list-payments.sql.ts';
import { listOperationFailures } from './sql/list-operation-failures.sql.ts';
import { listSetAside } from './sql/list-set-aside.sql.ts';
import type { FoldedBalance } from './trial-balance.policy.ts';

/** A row of `journal_entries` with its postings. */
export interface JournalRow {
  readonly entry_id: bigint;
  readonly merchant_id: string;
  readonly payment_id: string;
  readonly evidence_id: string | null;
  readonly position_version: number;
  readonly effective_at_us: bigint;
  readonly recorded_at_us: bigint;
  readonly postings: PostingAnswer[];
}

/** A row of `accounts` with its balances. */
export interface AccountRow {
  readonly account_id: bigint;
  readonly merchant_id: string;
  readonly name: string;
  readonly currency: string;
  readonly pending_minor: string;
  readonly posted_minor: string;
}

/** A delivery that was set aside. */
export interface SetAsideRow {
  readonly delivery_id: string;
  readonly merchant_id: string;
  readonly verdict: 'NOT_UNDERSTOOD' | 'STALE';
  readonly reason: string;
  readonly reported_as: string | null;
  readonly payment_id: string | null;
  readonly signed_at: Date | null;
  readonly received_at: Date;
  readonly body_bytes: number;
}

interface FoldedRow {
  merchant_id: string;
  name: string;
  currency: string;
  layer: Layer;
  balance_minor: string;
  debits_minor: string;
  credits_minor: string;
  cached_minor: string | null;
}

/**
 * What operators read. Lists return one row more than the page holds, which tells whether there is another page.
 */
@Injectable()
export class BooksRepository {
  constructor(private readonly database: Database) {}

  findPayment(paymentId: string, merchantId: string | undefined): Promise<PaymentDetailRow | undefined> {
    return this.database
      .query<PaymentDetailRow>(findPayment, [paymentId, merchantId ?? null])
      .then(([payment]) => payment);
  }

  /** What was said about a payment, its disputes, and what failed. */
  async findDetails(merchantId: string, paymentId: string): Promise<Omit<PaymentDetails, 'payment'>> {
    const key = [merchantId, paymentId];
    const [evidence, disputes, failures] = await Promise.all([
      this.database.query<EvidenceRow>(listEvidence, key),
      this.database.query<DisputeRow>(findDisputesOfPayment, key),
      this.database.query<OperationFailureRow>(listOperationFailures, key),
    ]);
    return { evidence, disputes, failures };
  }

  listDisputes(query: ListDisputesQuery): Promise<DisputeRow[]> {
    const { merchantId, paymentId, status, open, dueBy, cursor, limit } = query;
    const after = parseDueCursor(cursor);
    return this.database.query<DisputeRow>(listDisputes, [
      merchantId ?? null,
      paymentId ?? null,
      status ?? null,
      open ?? null,
      dueBy ?? null,
      after?.dueAt ?? null,
      after?.order ?? null,
      limit + 1,
    ]);
  }

  listPayments(query: ListPaymentsQuery): Promise<PaymentRow[]> {
    const { merchantId, status, orderId, flag, cursor, limit } = query;
    return this.database.query<PaymentRow>(listPayments, [
      merchantId ?? null,
      status ?? null,
      orderId ?? null,
      flag ?? null,
      parseOrderCursor(cursor) ?? null,
      limit + 1,
    ]);
  }

  listJournal({ merchantId, paymentId, cursor, limit }: ListJournalQuery): Promise<JournalRow[]> {
    const after = parseOrderCursor(cursor) ?? null;
    return this.database.query<JournalRow>(listJournal, [merchantId ?? null, paymentId ?? null, after, limit + 1]);
  }

  listAccounts({ merchantId, currency, cursor, limit }: ListAccountsQuery): Promise<AccountRow[]> {
    const after = parseOrderCursor(cursor) ?? null;
    return this.database.query<AccountRow>(listAccounts, [merchantId ?? null, currency ?? null, after, limit + 1]);
  }

  listSetAside({ merchantId, verdict, cursor, limit }: ListSetAsideQuery): Promise<SetAsideRow[]> {
    const after = parseIdCursor(cursor) ?? null;
    return this.database.query<SetAsideRow>(listSetAside, [merchantId ?? null, verdict ?? null, after, limit + 1]);
  }

  /** The postings folded; beside them the cached balances, unless a past moment is asked for. */
  async foldPostings({ merchantId, effectiveBy, recordedBy }: TrialBalanceQuery): Promise<FoldedBalance[]> {
    const isPresent = effectiveBy === undefined && recordedBy === undefined;
    const rows = isPresent
      ? await this.database.query<FoldedRow>(foldPostings, [merchantId ?? null])
      : await this.database.query<FoldedRow>(foldPostingsBy, [
          merchantId ?? null,
          effectiveBy ?? null,
          recordedBy ?? null,
        ]);
    return rows.map((row) => ({
      merchantId: row.merchant_id,
      account: row.name,
      currency: row.currency,
      layer: row.layer,
      balanceMinor: BigInt(row.balance_minor),
      debitsMinor: BigInt(row.debits_minor),
      creditsMinor: BigInt(row.credits_minor),
      cachedMinor: row.cached_minor === null ? undefined : BigInt(row.cached_minor),
    }));
  }
}
