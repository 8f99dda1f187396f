import { Injectable } from '@nestjs/common';
import { MerchantDirectory, type Transaction } from '@tollgate/persistence';
import { Metrics } from '@tollgate/platform';
import { toActionKeyText } from '../actions/action.repository.ts';
import { abortInstead, type Started } from '../actions/start-step.policy.ts';
import { ClientSessionRepository } from '../sessions/client-session.repository.ts';
import { type CreatingClaimant, OrderClaimRepository } from './order-claim.repository.ts';

/**
 * Which approves may begin, and which creations of payments. One order, one charge: only who holds the order's claim,
 * taken in the transaction that writes the call down; merchants whose orders may be paid twice claim nothing. And only
 * approves that do not contradict the session that was made here for them.
 */
@Injectable()
export class ApproveAdmission {
  readonly #refused;

  constructor(
    private readonly claims: OrderClaimRepository,
    private readonly sessions: ClientSessionRepository,
    private readonly merchants: MerchantDirectory,
    metrics: Metrics,
  ) {
    this.#refused = metrics.counter({
      name: 'gateway_approves_refused_total',
      help: 'Approves that became aborts and creates that were refused: the order is paid already, or may be, or the session was for another',
      labelNames: ['reason'],
    });
  }

  /** Of steps about to be written: a first approve that may not begin becomes an abort. */
  async admit(tx: Transaction, started: readonly Started[]): Promise<Started[]> {
    const approves = started.filter(isFirstApprove).map(({ action }) => action);
    if (approves.length === 0) {
      return [...started];
    }
    const mayPayTwice = await this.#findMayPayTwice(tx, approves);
    const claimants = approves.filter(({ merchantId }) => !mayPayTwice.has(merchantId));
    const [mismatched, holders] = await Promise.all([
      this.sessions.findMismatches(tx, approves),
      claimants.length === 0 ? new Set<string>() : this.claims.claim(tx, claimants),
    ]);
    return started.map((one) => {
      const key = toActionKeyText(one.action);
      if (!isFirstApprove(one)) {
        return one;
      }
      if (mismatched.has(key)) {
        return this.#refuse(one, 'session-mismatch');
      }
      const isFree = mayPayTwice.has(one.action.merchantId) || holders.has(key);
      return isFree ? one : this.#refuse(one, 'order-already-paid');
    });
  }

  /**
   * Of approves that are written already, with what was found while they were: returns the aborts that must be written
   * in their stead. An attempt that can have no payment any more gives its order up.
   */
  async contest(
    tx: Transaction,
    written: ReadonlyArray<{ readonly started: Started; readonly hasOrder: boolean; readonly fitsSession: boolean }>,
  ): Promise<Started[]> {
    const mismatched = written.filter(({ fitsSession }) => !fitsSession);
    const contested = written.filter(({ hasOrder, fitsSession }) => !hasOrder && fitsSession);
    const holders =
      contested.length === 0
        ? new Set<string>()
        : await this.claims.takeOver(
            tx,
            contested.map(({ started }) => started.action),
          );
    return [
      ...mismatched.map(({ started }) => this.#refuse(started, 'session-mismatch')),
      ...contested
        .filter(({ started }) => !holders.has(toActionKeyText(started.action)))
        .map(({ started }) => this.#refuse(started, 'order-already-paid')),
    ];
  }

  /** True if a command may create its order's payment; if so, it holds the order's claim. */
  async admitCreate(tx: Transaction, claimant: CreatingClaimant): Promise<boolean> {
    const mayPayTwice = await this.#findMayPayTwice(tx, [claimant]);
    const isFree = mayPayTwice.has(claimant.merchantId) || (await this.claims.claimForCreate(tx, claimant));
    if (!isFree) {
      this.#refused.inc({ reason: 'order-already-paid' });
    }
    return isFree;
  }

  /** Those of the merchants whose orders may be paid twice. */
  async #findMayPayTwice(
    tx: Transaction,
    claimants: ReadonlyArray<{ readonly merchantId: string }>,
  ): Promise<ReadonlySet<string>> {
    const merchantIds = [...new Set(claimants.map(({ merchantId }) => merchantId))];
    const settings = await this.merchants.settingsOf(tx, merchantIds);
    return new Set(merchantIds.filter((merchantId) => settings.get(merchantId)?.ordersMayPayTwice === true));
  }

  #refuse(started: Started, reason: 'order-already-paid' | 'session-mismatch'): Started {
    this.#refused.inc({ reason });
    return abortInstead(started, reason);
  }
}

/** From UNKNOWN an approve is only repeated: the attempt has held its order since the first one. */
function isFirstApprove({ action, step }: Started): boolean {
  return step === 'approve' && action.state === 'CALLING';
}
