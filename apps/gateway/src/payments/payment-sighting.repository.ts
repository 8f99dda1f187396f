import { Injectable } from '@nestjs/common';
import type { DecidedOrder, PaymentSnapshot } from '@tollgate/contracts';
import type { Transaction } from '@tollgate/persistence';
import {
  insertSightings,
  lockUncompared,
  markCompared,
  markUnpaid,
  unmarkUnpaid,
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
  /** Returns those that are new, by merchant and order; a payment without an order id helps nobody find it. */
  async insert(
    tx: Transaction,
    sightings: readonly Sighting[],
  ): Promise<Array<{ merchantId: string; orderId: string }>> {
    const rows = sightings.map(({ merchantId, snapshot }) => ({
      merchant_id: merchantId,
      payment_id: snapshot.paymentId,
      order_id: snapshot.orderId ?? null,
      snapshot: { ...snapshot, transactions: [], events: undefined },
    }));
    const fresh = await tx.query<{ merchant_id: string; order_id: string | null }>(insertSightings, [
      JSON.stringify(rows),
    ]);
    return fresh.flatMap(({ merchant_id: merchantId, order_id: orderId }) =>
      orderId === null ? [] : [{ merchantId, orderId }],
    );
  }

  /** Notes which payments turned out to be unpaid, so that their orders are free again. The payments are known by now. */
  async noteUnpaid(tx: Transaction, reports: readonly Sighting[]): Promise<void> {
    const unpaid = reports.map(saysUnpaid);
    const values = [
      reports.map(({ merchantId }) => merchantId),
      reports.map(({ snapshot }) => snapshot.paymentId),
      unpaid,
      reports.map(({ snapshot }) => snapshot.dateUpdated ?? null),
    ];
    await Promise.all([
      ...(unpaid.includes(true) ? [tx.query(markUnpaid, values)] : []),
      ...(unpaid.includes(false) ? [tx.query(unmarkUnpaid, values)] : []),
    ]);
  }

  /** True if an attempt with an unknown outcome was woken. */
  async wakeUnknown(tx: Transaction, orders: ReadonlyArray<{ merchantId: string; orderId: string }>): Promise<boolean> {
    const woken = await tx.query(wakeUnknownActions, [
      orders.map(({ merchantId }) => merchantId),
      orders.map(({ orderId }) => orderId),
    ]);
    return woken.length > 0;
  }

  /** Locks what is to be compared until the transaction ends, and marks it as compared. */
  async takeUncompared(tx: Transaction): Promise<Comparison[]> {
    const rows = await tx.query<{
      merchant_id: string;
      payment_id: string;
      snapshot: PaymentSnapshot;
      attempt_id: string;
      order_id: string;
      amount_minor: string;
      currency: string;
    }>(lockUncompared, [COMPARE_BATCH_MAX, COMPARE_BACK_MS]);
    if (rows.length > 0) {
      await tx.query(markCompared, [rows.map((row) => row.merchant_id), rows.map((row) => row.payment_id)]);
    }
    return rows.map((row) => ({
      merchantId: row.merchant_id,
      snapshot: row.snapshot,
      attemptId: row.attempt_id,
      order: { orderId: row.order_id, amountMinor: row.amount_minor, currency: row.currency },
    }));
  }
}
