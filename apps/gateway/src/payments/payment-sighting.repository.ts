import { Injectable } from '@nestjs/common';
import type { DecidedOrder, PaymentSnapshot } from '@tollgate/contracts';
import type { Transaction } from '@tollgate/persistence';
import {
  lockUnclaimed,
  lockUncompared,
  markCompared,
  noteReports,
  wakeUnknownActions,
} from './payment-sighting.sql.ts';

/** A payment of a merchant that has been reported. */
export interface Sighting {
  readonly merchantId: string;
  readonly snapshot: PaymentSnapshot;
}

/** A reported payment beside what was decided about its attempt. */
export interface Comparison extends Sighting {
  readonly attemptId: string;
  readonly order: DecidedOrder;
}

/** A reported payment that nobody has claimed, beside the attempt of its order that ended without one. */
export interface Unclaimed extends Comparison {
  readonly analyticsId: string | null;
  readonly receivedAt: Date;
  readonly decision: string;
  readonly outcome: string;
  readonly outcomeReason: string;
}

interface ComparisonRow {
  merchant_id: string;
  payment_id: string;
  snapshot: PaymentSnapshot;
  attempt_id: string;
  order_id: string;
  amount_minor: string;
  currency: string;
}

interface UnclaimedRow extends ComparisonRow {
  analytics_id: string | null;
  received_at: Date;
  decision: string;
  state: string;
  outcome_reason: string;
}

/** What a payment ends in of which nothing more will be captured (Primer, API v2.4). */
const UNPAID_STATUSES: ReadonlySet<string> = new Set(['DECLINED', 'FAILED', 'CANCELLED']);

/** True if the report says that nothing was or will be paid: what was captured before a cancel stays paid. */
export function saysUnpaid({ snapshot }: Sighting): boolean {
  return UNPAID_STATUSES.has(snapshot.status) && BigInt(snapshot.amountCapturedMinor ?? '0') === 0n;
}

/** Payments compared in one transaction. */
const COMPARE_BATCH_MAX = 200;
/** An approved attempt whose payment was first reported longer ago has been found by comparing already. */
const COMPARE_BACK_MS = 60 * 60_000;

/** The table `payment_sighting`. */
@Injectable()
export class PaymentSightingRepository {
  /**
   * Notes what is reported, in whatever order it comes. Returns the payments that are new, by merchant and order; one
   * without an order id helps nobody find it.
   */
  async note(tx: Transaction, reports: readonly Sighting[]): Promise<Array<{ merchantId: string; orderId: string }>> {
    const first = new Map<string, Sighting>();
    for (const report of reports) {
      const key = `${report.snapshot.paymentId}/${report.merchantId}`;
      first.set(key, first.get(key) ?? report);
    }
    const rows = [...first.values()].map(({ merchantId, snapshot }) => ({
      merchant_id: merchantId,
      payment_id: snapshot.paymentId,
      order_id: snapshot.orderId ?? null,
      snapshot: { ...snapshot, transactions: [], events: undefined },
    }));
    const noted = await tx.query<{ merchant_id: string; order_id: string | null; is_new: boolean }>(noteReports, [
      JSON.stringify(rows),
      reports.map(({ merchantId }) => merchantId),
      reports.map(({ snapshot }) => snapshot.paymentId),
      reports.map(saysUnpaid),
      reports.map(({ snapshot }) => snapshot.dateUpdated ?? null),
    ]);
    return noted.flatMap(({ merchant_id: merchantId, order_id: orderId, is_new: isNew }) =>
      isNew && orderId !== null ? [{ merchantId, orderId }] : [],
    );
  }

  /** True if an attempt with an unknown outcome was woken. */
  async wakeUnknown(tx: Transaction, orders: ReadonlyArray<{ merchantId: string; orderId: string }>): Promise<boolean> {
    const woken = await tx.query(wakeUnknownActions, [
      orders.map(({ merchantId }) => merchantId),
      orders.map(({ orderId }) => orderId),
    ]);
    return woken.length > 0;
  }

  /**
   * Locks what is to be compared until the transaction ends, and marks it as compared: payments of approved attempts, and
   * payments that are nobody's although an attempt of their order has ended.
   */
  async takeUncompared(tx: Transaction): Promise<{ claimed: Comparison[]; unclaimed: Unclaimed[] }> {
    const limits = [COMPARE_BATCH_MAX, COMPARE_BACK_MS];
    const [claimed, unclaimed] = await Promise.all([
      tx.query<ComparisonRow>(lockUncompared, limits),
      tx.query<UnclaimedRow>(lockUnclaimed, limits),
    ]);
    const rows = [...claimed, ...unclaimed];
    if (rows.length > 0) {
      await tx.query(markCompared, [rows.map((row) => row.merchant_id), rows.map((row) => row.payment_id)]);
    }
    return { claimed: claimed.map(toComparison), unclaimed: unclaimed.map(toUnclaimed) };
  }
}

function toComparison(row: ComparisonRow): Comparison {
  return {
    merchantId: row.merchant_id,
    snapshot: row.snapshot,
    attemptId: row.attempt_id,
    order: { orderId: row.order_id, amountMinor: row.amount_minor, currency: row.currency },
  };
}

function toUnclaimed(row: UnclaimedRow): Unclaimed {
  return {
    ...toComparison(row),
    analyticsId: row.analytics_id,
    receivedAt: row.received_at,
    decision: row.decision,
    outcome: row.state,
    outcomeReason: row.outcome_reason,
  };
}
