import { Inject, Injectable } from '@nestjs/common';
import type { Database, Transaction } from '@tollgate/persistence';
import { SWEEP_SETTINGS, type SweepSettings } from '../ledger.config.ts';
import { toKeyColumns } from '../posting/payment.repository.ts';
import type { PaymentKey } from '../posting/payment.types.ts';
import { claimList } from './sql/claim-list.sql.ts';
import { finishList } from './sql/finish-list.sql.ts';
import { findUnheard } from './sql/find-unheard.sql.ts';
import { keepLists } from './sql/keep-lists.sql.ts';
import { renewList } from './sql/renew-list.sql.ts';

/** A merchant's list that this instance, and for a while no other, is to go through. */
export interface ClaimedList {
  readonly merchantId: string;
  /** Payments created before are known. */
  readonly fromDate: Date;
  /** Our time at the claim: what the next look starts from. */
  readonly claimedAt: Date;
}

/** A payment as the list shows it. */
export interface ListedPayment extends PaymentKey {
  /** Null where the entry cannot be read. */
  readonly status: string | null;
  /** `dateUpdated` as PostgreSQL reads it; null when it has none. */
  readonly updatedAt: string | null;
  /** So young that its webhook may still be on its way. */
  readonly isFresh: boolean;
}

/** The timetable of looks at the merchants' payment lists. */
@Injectable()
export class PaymentListRepository {
  constructor(@Inject(SWEEP_SETTINGS) private readonly settings: SweepSettings) {}

  /** Takes one list that is due, of a merchant that still exists. */
  async claim(database: Database, leaseId: string, merchantIds: readonly string[]): Promise<ClaimedList | undefined> {
    await database.query(keepLists, [merchantIds]);
    const { leaseMs, listOverlapMs, listFirstMs } = this.settings;
    const [row] = await database.query<{ merchant_id: string; from_date: Date; claimed_at: Date }>(claimList, [
      leaseId,
      leaseMs,
      listOverlapMs,
      listFirstMs,
      merchantIds,
    ]);
    return row && { merchantId: row.merchant_id, fromDate: row.from_date, claimedAt: row.claimed_at };
  }

  /** Of listed payments, those that the books do not know, or not in this state. */
  async findUnheard(tx: Transaction, listed: readonly ListedPayment[]): Promise<PaymentKey[]> {
    const rows = await tx.query<{ merchant_id: string; payment_id: string }>(findUnheard, [
      ...toKeyColumns(listed),
      listed.map((payment) => payment.status),
      listed.map((payment) => payment.updatedAt),
    ]);
    return rows.map((row) => ({ merchantId: row.merchant_id, paymentId: row.payment_id }));
  }

  /** Keeps the lease while pages are still coming in. */
  async renew(tx: Transaction, leaseId: string, merchantId: string): Promise<void> {
    await tx.query(renewList, [merchantId, leaseId, this.settings.leaseMs]);
  }

  /** Ends the claim. @param listedThrough undefined when the list could not be gone through */
  async finish(
    database: Database,
    leaseId: string,
    list: { merchantId: string; listedThrough: Date | undefined; nextInMs: number },
  ): Promise<void> {
    await database.query(finishList, [list.merchantId, leaseId, list.listedThrough ?? null, list.nextInMs]);
  }
}
