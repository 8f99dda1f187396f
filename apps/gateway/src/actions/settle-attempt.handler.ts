import { Injectable } from '@nestjs/common';
import { type AttemptDecidedData, type ClockSettings, settleClocks } from '@tollgate/contracts';
import { type EventBatch, type EventTransaction, keepOfKnownMerchants, type ReceivedEvent } from '@tollgate/messaging';
import { MerchantDirectory } from '@tollgate/persistence';
import { Metrics } from '@tollgate/platform';
import type { LeasedStep } from '../calls/leases.service.ts';
import { MerchantLanes } from '../calls/merchant-lanes.service.ts';
import { StepDispatcher } from '../calls/step-dispatcher.service.ts';
import { DatabaseClock } from '../clock/database-clock.service.ts';
import { CallSettings } from '../gateway.config.ts';
import { KillSwitch } from '../kill-switch/kill-switch.service.ts';
import { ApproveAdmission } from '../orders/approve-admission.service.ts';
import { ActionRepository, toActionKeyText } from './action.repository.ts';
import type { Action, WonDecision } from './action.types.ts';
import { toOutcomeEvent } from './outcome.event.ts';
import { openAction, type Started, startStep, untilResumed } from './start-step.policy.ts';

type Decided = ReceivedEvent<AttemptDecidedData>;

/**
 * Lets the first terminal decision of each attempt take the attempt's row, and starts its call right after the commit.
 * The same decision again is a duplicate; another one is recorded as superseded. REVIEW takes no row.
 */
@Injectable()
export class SettleAttemptHandler {
  readonly #decisions;

  constructor(
    private readonly actions: ActionRepository,
    private readonly admission: ApproveAdmission,
    private readonly merchants: MerchantDirectory,
    private readonly lanes: MerchantLanes,
    private readonly dispatcher: StepDispatcher,
    private readonly killSwitch: KillSwitch,
    private readonly clock: DatabaseClock,
    private readonly settings: CallSettings,
    metrics: Metrics,
  ) {
    this.#decisions = metrics.counter({
      name: 'gateway_decisions_total',
      help: 'Decisions by what became of them: won, duplicate, superseded, review',
      labelNames: ['result'],
    });
  }

  /** @throws KnownError that is retriable, after which nothing has happened */
  async settle({ events, tx }: EventBatch<AttemptDecidedData>): Promise<void> {
    const decided = events.filter(isTerminalDecision);
    // An unknown merchant has no key to call Primer with: the event is set aside, its neighbours go on.
    const kept = await keepOfKnownMerchants(this.merchants, tx, decided);
    const terminal = kept.map(({ event }) => event);
    const first = new Map<string, Decided>();
    for (const event of terminal) {
      const key = toKeyText(event);
      first.set(key, first.get(key) ?? event);
    }
    const askedAt = this.clock.read();
    const started = this.#start([...first.values()]);
    const mayPayTwice = new Set(
      kept.filter(({ settings }) => settings.ordersMayPayTwice).map(({ event }) => event.data.merchantId),
    );
    const won = started.length === 0 ? new Map<string, Started>() : await this.#claim(tx, started, [...mayPayTwice]);
    const late = terminal.filter((event) => !won.has(toKeyText(event)) || first.get(toKeyText(event)) !== event);
    const superseded = await this.#recordLate(tx, late);
    tx.afterCommit(() => {
      this.dispatcher.dispatch([...won.values()].flatMap(toLeased), askedAt);
      this.#decisions.inc({ result: 'won' }, won.size);
      this.#decisions.inc({ result: 'superseded' }, superseded);
      this.#decisions.inc({ result: 'duplicate' }, late.length - superseded);
      this.#decisions.inc({ result: 'review' }, events.length - decided.length);
    });
  }

  /**
   * Returns what was won, by its key's text, as it is to be carried out.
   * @param mayPayTwice the merchants whose orders may be paid twice
   */
  async #claim(
    tx: EventTransaction,
    started: readonly Started[],
    mayPayTwice: readonly string[],
  ): Promise<ReadonlyMap<string, Started>> {
    const { leaseMs } = this.settings;
    const rows = await this.actions.claim(
      tx,
      started.map(({ action }) => action),
      { leaseMs, mayPayTwice },
    );
    const written = started.flatMap((one) => {
      const row = rows.get(toActionKeyText(one.action));
      return row === undefined ? [] : [{ started: one, ...row }];
    });
    const refused = await this.admission.contest(
      tx,
      written.filter(({ hasOrder, fitsSession }) => !hasOrder || !fitsSession),
    );
    if (refused.length > 0) {
      await this.actions.hold(
        tx,
        refused.map(({ action }) => action),
        leaseMs,
      );
    }
    const won = written.map((one) => one.started);
    for (const { action, announce } of won) {
      if (announce !== null) {
        tx.emit(toOutcomeEvent(action, announce));
      }
    }
    return new Map([...won, ...refused].map((one) => [toActionKeyText(one.action), one]));
  }

  /** With room in the merchant's lane the call starts at once; without, the row waits in the table. */
  #start(events: readonly Decided[]): Started[] {
    const now = this.clock.now();
    const room = new Map<string, number>();
    return events.map((event) => {
      const action = openAction(toOpening(event, this.settings.clocks), now);
      if (action.step === 'approve' && this.killSwitch.stops(action.merchantId)) {
        return { action: untilResumed(action, now, this.settings.killSwitchCopyMsMax), step: null, announce: null };
      }
      const left = room.get(action.merchantId) ?? this.lanes.room(action.merchantId, 'call');
      if (left === 0) {
        this.dispatcher.noteWaiting(action.merchantId);
        return { action, step: null, announce: null };
      }
      room.set(action.merchantId, left - 1);
      return startStep(action, now, this.settings.actions, false);
    });
  }

  /** Returns how many of them differ from the decision that won. */
  async #recordLate(tx: EventTransaction, late: readonly Decided[]): Promise<number> {
    if (late.length === 0) {
      return 0;
    }
    const wonBy = await this.actions.findWonDecisions(tx, late.map(toKey));
    const superseded = late.filter((event) => wonBy.get(toKeyText(event)) !== event.data.decision);
    if (superseded.length > 0) {
      await this.actions.insertSuperseded(
        tx,
        superseded.map((event) => ({
          ...toKey(event),
          eventSource: event.source,
          eventId: event.id,
          decision: event.data.decision,
          source: event.data.source,
          reason: event.data.reason,
          decidedAt: event.data.decidedAt,
        })),
      );
    }
    return superseded.length;
  }
}

function isTerminalDecision({ data }: Decided): boolean {
  return data.decision !== 'REVIEW';
}

function toKey({ data }: Decided): Pick<Action, 'merchantId' | 'attemptId'> {
  return { merchantId: data.merchantId, attemptId: data.paymentAttemptId };
}

function toKeyText(event: Decided): string {
  return toActionKeyText(toKey(event));
}

function toOpening(event: Decided, limits: ClockSettings): Parameters<typeof openAction>[0] {
  const { data, traceparent } = event;
  const clocks = settleClocks(data.clocks, event.brokerTimestamp, limits);
  return {
    ...toKey(event),
    clientSessionId: data.clientSessionId,
    order: data.order,
    analyticsId: data.analyticsId ?? null,
    clocks: {
      receivedAt: new Date(clocks.receivedAt),
      decideBy: new Date(clocks.decideBy),
      approveBy: new Date(clocks.approveBy),
      expiresAt: new Date(clocks.expiresAt),
    },
    decision: {
      decision: data.decision as WonDecision['decision'],
      source: data.source,
      reason: data.reason,
      decidedAt: new Date(data.decidedAt),
    },
    supersededBy: data.supersededBy ?? null,
    traceparent: traceparent ?? null,
  };
}

function toLeased({ action, step }: Started): LeasedStep[] {
  return step === null ? [] : [{ action, step }];
}
