import { Injectable } from '@nestjs/common';
import type { Transaction } from '@tollgate/persistence';
import { toActionKeyText } from '../actions/action.repository.ts';
import type { Action } from '../actions/action.types.ts';
import {
  insertCreateClaim,
  insertOrderClaims,
  lockOrderClaims,
  takeOverCreateClaim,
  takeOverOrderClaims,
} from './order-claim.sql.ts';

/** An attempt that wants to be the one of its order. */
export type OrderClaimant = Pick<Action, 'merchantId' | 'attemptId' | 'order'>;

interface ClaimRow {
  merchant_id: string;
  order_id: string;
  attempt_id: string;
}

/** A command that wants to create the payment of its order. */
export interface CreatingClaimant {
  readonly merchantId: string;
  readonly commandId: string;
  readonly orderId: string;
}

/**
 * The table `order_claim`: one row for each order, which whoever is about to charge it must have locked. It names the
 * attempt or create that began last; whether the order is free is told by all of its attempts and creates, and by
 * their payments.
 */
@Injectable()
export class OrderClaimRepository {
  /**
   * Claims orders for actions that are not written as calling yet, as far as nobody else may have paid them. Returns
   * the keys of those who hold their order's claim now, as texts; the transaction keeps it locked.
   */
  async claim(tx: Transaction, claimants: readonly OrderClaimant[]): Promise<ReadonlySet<string>> {
    const inserted = await tx.query<ClaimRow>(insertOrderClaims, toValues(claimants));
    // Its neighbour in this batch has the order: it does not look as if it were calling yet, but it will.
    const gone = new Set(inserted.map((row) => toOrderText(row.merchant_id, row.order_id)));
    const contested = claimants.filter(({ merchantId, order }) => !gone.has(toOrderText(merchantId, order.orderId)));
    const takenOver = contested.length === 0 ? [] : await this.#takeOver(tx, contested);
    return toKeySet([...inserted, ...takenOver]);
  }

  /** Claims the order for a create. False if somebody else may have paid it; the transaction keeps the claim locked. */
  async claimForCreate(tx: Transaction, { merchantId, commandId, orderId }: CreatingClaimant): Promise<boolean> {
    const values = [merchantId, orderId, commandId];
    const [, , taken] = await Promise.all([
      tx.query(insertCreateClaim, values),
      tx.query(lockOrderClaims, [[merchantId], [orderId]]),
      tx.query(takeOverCreateClaim, values),
    ]);
    return taken.length > 0;
  }

  /**
   * Claims orders that others have claimed before, as far as nobody else may have paid them: the claimants' actions are
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
