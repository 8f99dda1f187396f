import { Injectable } from '@nestjs/common';
import { type ActionAnswer, type ConcludeActionBody, KnownError, type PaymentSnapshot } from '@tollgate/contracts';
import { EventTransactions } from '@tollgate/messaging';
import { MerchantDirectory } from '@tollgate/persistence';
import { ServiceLifetime } from '@tollgate/platform';
import { ActionRepository } from '../actions/action.repository.ts';
import type { Action } from '../actions/action.types.ts';
import { type Finding, toSeeker, toWanted } from '../actions/find-payment.policy.ts';
import { RecordResultHandler, type StepResult } from '../actions/record-result.handler.ts';
import { DueBell } from '../calls/due-bell.service.ts';
import { type LeasedStep, Leases } from '../calls/leases.service.ts';
import { PaymentFinder } from '../calls/payment-finder.service.ts';
import { PrimerConnection } from '../calls/primer-connection.service.ts';
import { DatabaseClock } from '../clock/database-clock.service.ts';
import { CallSettings } from '../gateway.config.ts';
import { toActionAnswer } from '../operations/action-answer.policy.ts';
import { PaymentOwnerRepository } from '../payments/payment-owner.repository.ts';
import { assertStuck, concludeByPerson, type Evidence } from './conclude-action.policy.ts';
import { SteerActionRepository } from './steer-action.repository.ts';

interface Wish {
  readonly attemptId: string;
  readonly merchantId: string | undefined;
  readonly body: ConcludeActionBody;
  readonly by: string;
}

/**
 * Closes an attempt whose outcome stays unknown as a person has found it out. It is leased like a step, Primer is asked
 * outside any transaction, and the outcome is recorded under the lease's fence together with who said so.
 */
@Injectable()
export class ConcludeActionHandler {
  constructor(
    private readonly transactions: EventTransactions,
    private readonly steering: SteerActionRepository,
    private readonly actions: ActionRepository,
    private readonly owners: PaymentOwnerRepository,
    private readonly results: RecordResultHandler,
    private readonly merchants: MerchantDirectory,
    private readonly finder: PaymentFinder,
    private readonly primer: PrimerConnection,
    private readonly leases: Leases,
    private readonly clock: DatabaseClock,
    private readonly bell: DueBell,
    private readonly settings: CallSettings,
    private readonly lifetime: ServiceLifetime,
  ) {}

  /** @throws KnownError ATTEMPT_NOT_FOUND, ATTEMPT_CONCLUDED, ATTEMPT_NOT_STUCK, CONTRADICTS_PROVIDER, PROVIDER_UNAVAILABLE */
  async conclude(wish: Wish): Promise<ActionAnswer> {
    const leased = await this.#lease(wish);
    try {
      const evidence = await this.#ask(leased.action, wish.body);
      const settled = concludeByPerson(leased.action, wish.body, evidence, this.clock.now());
      await this.#record({ settled, alarms: [], operatorActions: [toAudit(wish, settled.action)] });
      return toActionAnswer(settled.action);
    } catch (error) {
      await this.#giveBack(leased.action);
      throw error;
    } finally {
      this.leases.remove(leased);
    }
  }

  async #lease({ attemptId, merchantId }: Wish): Promise<LeasedStep> {
    const askedAt = this.clock.read();
    const leased = await this.transactions.run(async (tx): Promise<LeasedStep> => {
      const found = await this.steering.lock(tx, attemptId, merchantId);
      if (found === undefined) {
        throw new KnownError('ATTEMPT_NOT_FOUND');
      }
      const { approveOverrunMs, actions } = this.settings;
      assertStuck(found.action, this.clock.now(), { approveOverrunMs, noneCountsAfterMs: actions.noneCountsAfterMs });
      if (found.held) {
        throw new KnownError('ATTEMPT_NOT_STUCK', { detail: 'Primer is being asked right now: try again in a moment' });
      }
      const action = { ...found.action, fence: found.action.fence + 1 };
      await this.actions.hold(tx, [action], this.settings.leaseMs);
      return { action, step: 'find' };
    });
    this.leases.add(leased, askedAt);
    return leased;
  }

  async #ask(action: Action, body: ConcludeActionBody): Promise<Evidence> {
    const apiKey = await this.merchants.primerApiKey(action.merchantId);
    if (body.outcome === 'paid') {
      return { named: await this.#findNamed(action, body.paymentId, apiKey), finding: 'unavailable' };
    }
    return { named: undefined, finding: (await this.#find(action, apiKey)).kind };
  }

  async #findNamed(action: Action, paymentId: string, apiKey: string): Promise<PaymentSnapshot | undefined> {
    const options = { apiKey, timeoutMs: this.settings.readTimeoutMs, signal: this.lifetime.stopping };
    const read = await this.primer.getPayment(paymentId, options);
    if (read.kind !== 'found') {
      return this.#findUnread(action, paymentId, apiKey);
    }
    const owned = await this.owners.findOwnedElsewhere(toSeeker(action), [paymentId]);
    return owned.has(paymentId) ? undefined : read.value.snapshot;
  }

  /** The payment as Primer has listed or reported it, where it cannot be read whole. */
  async #findUnread(action: Action, paymentId: string, apiKey: string): Promise<PaymentSnapshot | undefined> {
    const finding = await this.#find(action, apiKey);
    if (finding.kind === 'unavailable' || finding.kind === 'key-refused') {
      throw new KnownError('PROVIDER_UNAVAILABLE', { detail: 'The payment could not be read' });
    }
    return finding.kind === 'unreadable' ? finding.payments.find((one) => one.paymentId === paymentId) : undefined;
  }

  #find(action: Action, apiKey: string): Promise<Finding> {
    return this.finder.find(toSeeker(action), toWanted(action), { apiKey, signal: this.lifetime.stopping });
  }

  /** @throws KnownError ATTEMPT_NOT_STUCK when the lease was lost meanwhile: somebody else is at it */
  async #record(result: StepResult): Promise<void> {
    if (!(await this.results.record(result))) {
      throw new KnownError('ATTEMPT_NOT_STUCK', { detail: 'The attempt was taken up meanwhile: look at it again' });
    }
  }

  /** Nothing came of it: the action waits as before. */
  async #giveBack(action: Action): Promise<void> {
    await this.results.record({
      settled: { action, incidents: [], announce: null, key: 'not-asked' },
      alarms: [],
      operatorActions: [],
    });
    this.bell.ringIn(0);
  }
}

function toAudit({ body, by }: Wish, { merchantId, attemptId, state, paymentId }: Action) {
  const facts = { outcome: state, paymentId };
  return { kind: 'concluded' as const, by, note: body.note, merchantId, attemptId, facts };
}
