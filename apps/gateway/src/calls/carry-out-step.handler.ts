import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { isRetriable } from '@tollgate/contracts';
import { MerchantDirectory } from '@tollgate/persistence';
import { activeSpans, failpoint, Log, Metrics, ServiceLifetime, type Span } from '@tollgate/platform';
import type { AttemptCall } from '@tollgate/primer-client';
import type { Action, Settled } from '../actions/action.types.ts';
import type { CallResult } from '../actions/answer.types.ts';
import { type Finding, toSeeker, toWanted } from '../actions/find-payment.policy.ts';
import { RecordResultHandler, type StepResult } from '../actions/record-result.handler.ts';
import { settleCall, settleFinding } from '../actions/settle-step.policy.ts';
import { DatabaseClock } from '../clock/database-clock.service.ts';
import { CallSettings } from '../gateway.config.ts';
import { WorkingKeys } from '../incidents/working-keys.service.ts';
import { KillSwitch } from '../kill-switch/kill-switch.service.ts';
import { PrimerConnection } from './primer-connection.service.ts';
import { AnswerAlarms } from './answer-alarms.service.ts';
import { DueBell } from './due-bell.service.ts';
import { type LeasedStep, Leases } from './leases.service.ts';
import { MerchantLanes, toTraffic } from './merchant-lanes.service.ts';
import { PaymentFinder } from './payment-finder.service.ts';

/** Pause between tries to record a result while the database is away. Milliseconds. */
const RECORD_PAUSE_MS = 250;

/**
 * Takes one leased step at Primer, outside any transaction, and records what it came to. The row has said since before
 * the call that it may have arrived, so dying at any point here loses nothing.
 */
@Injectable()
export class CarryOutStepHandler {
  readonly #calls;

  constructor(
    private readonly primer: PrimerConnection,
    private readonly finder: PaymentFinder,
    private readonly merchants: MerchantDirectory,
    private readonly results: RecordResultHandler,
    private readonly leases: Leases,
    private readonly lanes: MerchantLanes,
    private readonly keys: WorkingKeys,
    private readonly alarms: AnswerAlarms,
    private readonly bell: DueBell,
    private readonly clock: DatabaseClock,
    private readonly killSwitch: KillSwitch,
    private readonly settings: CallSettings,
    private readonly lifetime: ServiceLifetime,
    private readonly log: Log,
    metrics: Metrics,
  ) {
    this.#calls = metrics.histogram({
      name: 'gateway_call_seconds',
      help: 'Steps taken at Primer, by what they came to',
      labelNames: ['step', 'result'],
    });
  }

  /** Never rejects: what cannot be recorded is found again when its lease has run out. */
  async carryOut(leased: LeasedStep): Promise<void> {
    try {
      if (!this.leases.holds(leased)) {
        return; // It waited for a slot too long; whoever leases it next goes on.
      }
      const settled = await this.#take(leased);
      const alarms = leased.step === 'find' ? [] : this.alarms.note(settled.action);
      this.#noteHealth(leased, settled);
      await this.#record({ settled, alarms }, leased);
      if (settled.action.concludedAt === null) {
        this.bell.ringIn(settled.action.dueAt.getTime() - this.clock.now().getTime());
      }
    } catch (error) {
      const { merchantId, attemptId, fence } = leased.action;
      this.log.error('A step could not be carried out', { merchantId, attemptId, fence, action: leased.step, error });
    } finally {
      this.leases.remove(leased);
    }
  }

  /** A search that Primer answers shows that the key works; whether approves and aborts get through only they show. */
  #noteHealth({ step }: LeasedStep, { action: { merchantId }, key }: Settled): void {
    if (key === 'works') {
      this.keys.note(merchantId, step === 'find' ? 'read' : 'attempt', this.clock.now());
    }
    if (key === 'refused') {
      this.lanes.pause(merchantId, 'key-refused');
    } else if (toTraffic(step) === 'search') {
      if (key === 'works') {
        this.lanes.noteKeyWorks(merchantId);
      }
    } else if (this.primer.isCircuitOpen(merchantId)) {
      this.lanes.pause(merchantId, 'circuit-open');
    } else if (key === 'works') {
      this.lanes.resume(merchantId);
    }
  }

  async #take(leased: LeasedStep): Promise<Settled> {
    const { action, step } = leased;
    const apiKey = await this.#findApiKey(action);
    const signal = this.lifetime.stopping;
    const endTimer = this.#calls.startTimer({ step });
    // Primer gets no traceparent: its part would be nobody's to read, and our ids are no business of its.
    const span = activeSpans()?.start(`Primer ${step}`, {
      kind: 'client',
      parent: action.traceparent ?? undefined,
      attributes: { 'peer.service': 'primer', 'tollgate.attempt_id': action.attemptId },
    });
    if (step === 'find') {
      const finding: Finding =
        apiKey === undefined
          ? { kind: 'unavailable' }
          : await this.finder.find(toSeeker(action), toWanted(action), { apiKey, signal });
      failpoint('find.after-answer');
      endTimer({ result: finding.kind });
      return endSpan(span, settleFinding(action, finding, this.clock.now(), this.settings.actions), finding.kind);
    }
    const call: CallResult =
      apiKey === undefined ? { kind: 'notSent', reason: 'no-key' } : await this.#call(leased, apiKey);
    failpoint('call.after-answer');
    const result = call.kind === 'answered' ? String(call.status) : call.kind;
    endTimer({ result });
    return endSpan(span, settleCall(action, step, call, this.clock.now(), this.settings.actions), result);
  }

  /** Without its key nothing is sent for a merchant: the step is tried again later. */
  async #findApiKey({ merchantId, attemptId }: Action): Promise<string | undefined> {
    try {
      return await this.merchants.primerApiKey(merchantId);
    } catch (error) {
      this.log.warn("The merchant's key for Primer cannot be read", { merchantId, attemptId, error });
      return undefined;
    }
  }

  #call(leased: LeasedStep, apiKey: string): Promise<AttemptCall> {
    const { action, step } = leased;
    const { attemptId, abortReason } = action;
    failpoint('call.before-send');
    if (step === 'approve') {
      const endsAtMs = action.clocks.approveBy.getTime() + this.settings.approveOverrunMs;
      const leftMs = endsAtMs - this.clock.now().getTime();
      return this.primer.approve(attemptId, {
        apiKey,
        timeoutMs: Math.min(this.settings.approveTimeoutMs, leftMs),
        merchantId: action.merchantId,
        maySend: () => this.leases.holds(leased) && this.#isInTime(action) && !this.killSwitch.stops(action.merchantId),
      });
    }
    return this.primer.abort(attemptId, abortReason ?? undefined, {
      apiKey,
      merchantId: action.merchantId,
      timeoutMs: this.settings.abortTimeoutMs,
      maySend: () => this.leases.holds(leased),
    });
  }

  /** Asked at the last moment: a process that was stopped after its claim must not approve late when it wakes. */
  #isInTime(action: Action): boolean {
    return this.clock.now().getTime() <= action.clocks.approveBy.getTime();
  }

  /** An answer is worth keeping: it is offered until it is recorded, or the lease is somebody else's. */
  async #record(result: StepResult, leased: LeasedStep): Promise<void> {
    const { merchantId, attemptId, fence } = leased.action;
    for (;;) {
      try {
        if (!(await this.results.record(result))) {
          this.log.warn('The lease was lost before the result was recorded', { merchantId, attemptId, fence });
        }
        return;
      } catch (error) {
        if (!isRetriable(error) || this.lifetime.stopping.aborted) {
          throw error;
        }
        await pause(RECORD_PAUSE_MS, undefined, { ref: false });
      }
    }
  }
}

/** Reports a step with what it came to. */
function endSpan(span: Span | undefined, settled: Settled, result: string): Settled {
  const { paymentId } = settled.action;
  span?.set({ 'tollgate.result': result, ...(paymentId === null ? {} : { 'tollgate.payment_id': paymentId }) });
  span?.end();
  return settled;
}
