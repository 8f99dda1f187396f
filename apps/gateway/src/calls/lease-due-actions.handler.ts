import { Injectable } from '@nestjs/common';
import { type EventTransaction, EventTransactions } from '@tollgate/messaging';
import { failpoint } from '@tollgate/platform';
import { ActionRepository } from '../actions/action.repository.ts';
import type { Action } from '../actions/action.types.ts';
import { toOutcomeEvent } from '../actions/outcome.event.ts';
import { isApproveDue, type Started, startStep, untilResumed } from '../actions/start-step.policy.ts';
import { DatabaseClock } from '../clock/database-clock.service.ts';
import { CallSettings } from '../gateway.config.ts';
import { IncidentRepository } from '../incidents/incident.repository.ts';
import { KillSwitch } from '../kill-switch/kill-switch.service.ts';
import { ApproveAdmission } from '../orders/approve-admission.service.ts';
import type { LeasedStep } from './leases.service.ts';
import { MerchantLanes, toTraffic, type Traffic } from './merchant-lanes.service.ts';
import { StepDispatcher } from './step-dispatcher.service.ts';

interface Due {
  readonly action: Action;
  /** A payment that may be the action's has been reported. */
  readonly sighted: boolean;
}

/** Due actions that are looked at in one transaction. */
const LEASE_BATCH_MAX = 200;

/** Leases due actions, what a dead process held included, and hands their next steps over after the commit. */
@Injectable()
export class LeaseDueActionsHandler {
  constructor(
    private readonly transactions: EventTransactions,
    private readonly actions: ActionRepository,
    private readonly admission: ApproveAdmission,
    private readonly incidents: IncidentRepository,
    private readonly lanes: MerchantLanes,
    private readonly dispatcher: StepDispatcher,
    private readonly killSwitch: KillSwitch,
    private readonly clock: DatabaseClock,
    private readonly settings: CallSettings,
  ) {}

  /** True if more may be due. */
  async leaseSome(): Promise<boolean> {
    return this.transactions.run(async (tx) => {
      const noCallsOf = this.lanes.heldBack('call');
      noCallsOf.forEach((merchantId) => this.dispatcher.noteWaiting(merchantId));
      const due = await this.actions.lockDue(tx, {
        count: LEASE_BATCH_MAX,
        noCallsOf,
        noSearchesOf: this.lanes.heldBack('search'),
        silentExpiryMs: this.settings.actions.silentExpiryMs,
      });
      const askedAt = this.clock.read();
      const now = this.clock.now();
      const [stopped, free] = await this.#split(tx, due, now);
      if (stopped.length > 0) {
        await this.actions.postpone(tx, stopped);
      }
      const started = await this.admission.admit(
        tx,
        this.#withinRoom(free.map(({ action, sighted }) => this.#start(action, now, sighted))),
      );
      if (started.length > 0) {
        const { leaseMs } = this.settings;
        await this.actions.hold(
          tx,
          started.map(({ action }) => action),
          leaseMs,
        );
        await this.incidents.closeSettled(
          tx,
          started.map(({ action }) => action),
        );
        failpoint('lease.before-commit');
        tx.afterCommit(() => failpoint('lease.after-commit'));
      }
      for (const { action, announce } of started) {
        if (announce !== null) {
          tx.emit(toOutcomeEvent(action, announce));
        }
      }
      tx.afterCommit(() => this.dispatcher.dispatch(started.flatMap(toLeased), askedAt));
      return due.length === LEASE_BATCH_MAX && started.length + stopped.length > 0;
    });
  }

  /** Approves that the kill switch stops, as they wait, and the rest. */
  async #split(tx: EventTransaction, due: readonly Due[], now: Date): Promise<[Action[], Due[]]> {
    if (due.some(({ action }) => action.step === 'approve' && this.killSwitch.stops(action.merchantId))) {
      // They may be due because they were resumed: read after they were locked, the switch cannot have missed that.
      await this.killSwitch.refresh(tx);
    }
    const isStopped = ({ action, sighted }: Due) =>
      isApproveDue(action, sighted, now) && this.killSwitch.stops(action.merchantId);
    const { killSwitchCopyMsMax } = this.settings;
    const stopped = due.filter(isStopped).map(({ action }) => untilResumed(action, now, killSwitchCopyMsMax));
    return [stopped, due.filter((one) => !isStopped(one))];
  }

  #start(action: Action, now: Date, sighted: boolean): Started {
    return startStep(action, now, this.settings.actions, sighted);
  }

  /** What finds no room stays as it is, due and unleased. */
  #withinRoom(started: readonly Started[]): Started[] {
    const rooms = new Map<string, Readonly<Record<Traffic, number>>>();
    return started.filter(({ action: { merchantId }, step }) => {
      if (step === null) {
        return true;
      }
      const { call, search } = rooms.get(merchantId) ?? this.#toRooms(merchantId);
      const isCall = toTraffic(step) === 'call';
      if ((isCall ? call : search) === 0) {
        this.dispatcher.noteWaiting(merchantId);
        return false;
      }
      rooms.set(merchantId, { call: isCall ? call - 1 : Math.min(call, search - 1), search: search - 1 });
      return true;
    });
  }

  #toRooms(merchantId: string): Readonly<Record<Traffic, number>> {
    return { call: this.lanes.room(merchantId, 'call'), search: this.lanes.room(merchantId, 'search') };
  }
}

/** The step to take, if there is one. */
function toLeased({ action, step }: Started): LeasedStep[] {
  return step === null ? [] : [{ action, step }];
}
