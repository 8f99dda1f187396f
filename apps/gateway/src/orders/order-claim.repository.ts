import { Injectable } from '@nestjs/common';
import type { Transaction } from '@tollgate/persistence';
import { toActionKeyText } from '../actions/action.repository.ts';
import type { Action } from '../actions/action.types.ts';
import { insertOrderClaims, lockOrderClaims, takeOverOrderClaims } from './order-claim.sql.ts';

/** An attempt that wants to be the one of its order. */
export type OrderClaimant = Pick<Action, 'merchantId' | 'attemptId' | 'order'>;

interface ClaimRow {
  merchant_id: string;
  order_id: string;
  attempt_id: string;
}

/**
 * The table `order_claim`: for each order the attempt whose approve began last. A claim is never given up: whether it
 * still counts is told by the holder's action and payment, when somebody else wants it.
 */
@Injectable()
export class OrderClaimRepository {
  /**
   * Claims orders for actions that are not written as calling yet: new claims, or those of attempts that can have no
   * payment. Returns the keys of those who hold their order's claim now, as texts; the transaction keeps it locked.
   */
  async claim(tx: Transaction, claimants: readonly OrderClaimant[]): Promise<ReadonlySet<string>> {
    const inserted = await tx.query<ClaimRow>(insertOrderClaims, toValues(claimants));
    // Its neighbour in this batch has the order: it does not look as if it were calling yet, but it will.
    const gone = new Set(inserted.map((row) => toOrderText(row.merchant_id, row.order_id)));
    const contested = claimants.filter(({ merchantId, order }) => !gone.has(toOrderText(merchantId, order.orderId)));
    const takenOver = contested.length === 0 ? [] : await this.#takeOver(tx, contested);
    return toKeySet([...inserted, ...takenOver]);
  }

  /**
   * Claims orders that others have claimed before, as far as those can have no payment: the claimants' actions are
   * written already. Returns the keys of those who hold their order's claim now, as texts.
   */
  async takeOver(tx: Transaction, claimants: readonly OrderClaimant[]): Promise<ReadonlySet<string>> {
    return toKeySet(await this.#takeOver(tx, claimants));
  }

  async #takeOver(tx: Transaction, claimants: readonly OrderClaimant[]): Promise<ClaimRow[]> {
    const values = toValues(claimants);
    const [, taken] = await Promise.all([
      tx.query(lockOrderClaims, values.slice(0, 2)),
      tx.query<ClaimRow>(takeOverOrderClaims, values),
    ]);
    return taken;
  }
}

function toOrderText(merchantId: string, orderId: string): string {
  return JSON.stringify([merchantId, orderId]);
}

function toKeySet(rows: readonly ClaimRow[]): ReadonlySet<string> {
  return new Set(rows.map((row) => toActionKeyText({ merchantId: row.merchant_id, attemptId: row.attempt_id })));
}

function toValues(claimants: readonly OrderClaimant[]): string[][] {
  return [
    claimants.map(({ merchantId }) => merchantId),
    claimants.map(({ order }) => order.orderId),
    claimants.map(({ attemptId }) => attemptId),
  ];
}
