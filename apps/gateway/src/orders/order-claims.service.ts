import { Injectable } from '@nestjs/common';
import { MerchantDirectory, type Transaction } from '@tollgate/persistence';
import { Metrics } from '@tollgate/platform';
import { toActionKeyText } from '../actions/action.repository.ts';
import type { Action } from '../actions/action.types.ts';
import { abortInstead, type Started } from '../actions/start-step.policy.ts';
import { OrderClaimRepository } from './order-claim.repository.ts';

/**
 * One order, one charge: an approve begins only for the attempt that holds its order's claim, taken in the transaction
 * that writes the action as calling. Merchants whose orders may be paid twice claim nothing.
 */
@Injectable()
export class OrderClaims {
  readonly #refused;

  constructor(
    private readonly claims: OrderClaimRepository,
    private readonly merchants: MerchantDirectory,
    metrics: Metrics,
  ) {
    this.#refused = metrics.counter({
      name: 'gateway_orders_refused_total',
      help: 'Approves that became aborts because another attempt of the order is paid, or may be',
    });
  }

  /** Those of the merchants whose orders may be paid twice. */
  async findMayPayTwice(merchantIds: Iterable<string>): Promise<string[]> {
    const allowing: string[] = [];
    for (const merchantId of new Set(merchantIds)) {
      if ((await this.merchants.find(merchantId))?.settings.ordersMayPayTwice === true) {
        allowing.push(merchantId);
      }
    }
    return allowing;
  }

  /** Claims the orders of first approves that are about to be written; what finds its order taken becomes an abort. */
  async admit(tx: Transaction, started: readonly Started[]): Promise<Started[]> {
    const approves = started.filter(isFirstApprove);
    const mayPayTwice = new Set(await this.findMayPayTwice(approves.map(({ action }) => action.merchantId)));
    const claimants = approves.filter(({ action }) => !mayPayTwice.has(action.merchantId));
    if (claimants.length === 0) {
      return [...started];
    }
    const holders = await this.claims.claim(
      tx,
      claimants.map(({ action }) => action),
    );
    const refused = new Set(claimants.filter(({ action }) => !holders.has(toActionKeyText(action))));
    this.#refused.inc(refused.size);
    return started.map((one) => (refused.has(one) ? abortInstead(one, 'order-already-paid') : one));
  }

  /**
   * Approves that are written and found their orders claimed: returns the aborts that must be written in their stead.
   * An attempt that can have no payment any more gives its order up.
   */
  async contest(tx: Transaction, contested: readonly Started[]): Promise<Started[]> {
    if (contested.length === 0) {
      return [];
    }
    const holders = await this.claims.takeOver(
      tx,
      contested.map(({ action }) => action),
    );
    const refused = contested.filter(({ action }) => !holders.has(toActionKeyText(action)));
    this.#refused.inc(refused.length);
    return refused.map((one) => abortInstead(one, 'order-already-paid'));
  }

  /** Attempts that were to be aborted and are paid all the same, or may be, hold their orders as well. */
  async noteUnwanted(tx: Transaction, actions: readonly Action[]): Promise<void> {
    const unwanted = actions.filter(mayBePaidUnwanted);
    if (unwanted.length > 0) {
      await this.claims.claim(tx, unwanted);
    }
  }
}

/** From UNKNOWN an approve is only repeated: the attempt has held its order since the first one. */
function isFirstApprove({ action, step }: Started): boolean {
  return step === 'approve' && action.state === 'CALLING';
}

function mayBePaidUnwanted({ approveCalls, state, step }: Action): boolean {
  return approveCalls === 0 && (state === 'APPROVED' || (state === 'UNKNOWN' && step === 'find'));
}
