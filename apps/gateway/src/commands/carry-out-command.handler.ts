import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { isRetriable } from '@tollgate/contracts';
import { activeSpans, Log, Metrics, runWithTraceparent, ServiceLifetime } from '@tollgate/platform';
import { type FindLimits, PaymentFinder } from '../calls/payment-finder.service.ts';
import { DatabaseClock } from '../clock/database-clock.service.ts';
import { CallSettings } from '../gateway.config.ts';
import type { KeyUse } from '../incidents/key-incident.policy.ts';
import { WorkingKeys } from '../incidents/working-keys.service.ts';
import { KillSwitch } from '../kill-switch/kill-switch.service.ts';
import { BeginCommandCallHandler } from './begin-command-call.handler.ts';
import { CommandCalls } from './command-calls.service.ts';
import { CommandLanes } from './command-lanes.service.ts';
import { CommandBell, CommandLeases } from './command-leases.service.ts';
import { again, refuse, toSettledCommand } from './command-progress.policy.ts';
import { CommandLimits } from './command-limits.service.ts';
import { CommandWatch } from './command-watch.service.ts';
import type { Command, CommandCall, PaymentSight, SettledCommand } from './command.types.ts';
import { toSeeker, toSight, toWanted } from './created-payment.policy.ts';
import { type CommandPlan, planCreated, planFirstCreate, planOperation } from './plan-command.policy.ts';
import { RecordCommandHandler } from './record-command.handler.ts';
import { settleCommandCall } from './settle-command.policy.ts';

/** Pause between tries to record a result while the database is away. Milliseconds. */
const RECORD_PAUSE_MS = 250;

/**
 * Takes a leased command one step further, outside any transaction: reads the payment, calls Primer if the plan says
 * so, records what it came to. That a call may arrive is committed before its first byte, so dying at any point here
 * loses nothing.
 */
@Injectable()
export class CarryOutCommandHandler {
  readonly #calls;

  constructor(
    private readonly primer: CommandCalls,
    private readonly finder: PaymentFinder,
    private readonly beginCall: BeginCommandCallHandler,
    private readonly results: RecordCommandHandler,
    private readonly leases: CommandLeases,
    private readonly lanes: CommandLanes,
    private readonly keys: WorkingKeys,
    private readonly limits: CommandLimits,
    private readonly watch: CommandWatch,
    private readonly bell: CommandBell,
    private readonly clock: DatabaseClock,
    private readonly killSwitch: KillSwitch,
    private readonly settings: CallSettings,
    private readonly lifetime: ServiceLifetime,
    private readonly log: Log,
    metrics: Metrics,
  ) {
    this.#calls = metrics.histogram({
      name: 'gateway_command_seconds',
      help: 'Calls of payment commands at Primer, by what they came to',
      labelNames: ['command', 'result'],
    });
  }

  /** Never rejects: what cannot be recorded is found again when its lease has run out. */
  async carryOut(leased: Command): Promise<void> {
    try {
      if (!this.leases.holds(leased)) {
        return;
      }
      const plan = await this.limits.check(leased, await this.#plan(leased));
      const settled = plan.kind === 'settle' ? plan.settled : await this.#call(leased, plan.command);
      if (settled === undefined) {
        return; // The lease was lost before anything was sent: whoever has it now goes on.
      }
      this.#noteKey(leased, settled, plan.kind === 'settle' ? 'read' : leased.request.kind);
      await this.#record(settled, leased);
    } catch (error) {
      const { merchantId, commandId, fence } = leased;
      this.log.error('A payment command could not be carried out', { merchantId, commandId, fence, error });
    } finally {
      this.leases.remove(leased);
    }
  }

  #noteKey({ merchantId }: Command, { key }: SettledCommand, use: KeyUse): void {
    this.lanes.noteKey(merchantId, key);
    if (key === 'works') {
      this.keys.note(merchantId, use, this.clock.now());
    }
  }

  async #plan(command: Command): Promise<CommandPlan> {
    const isCreate = command.request.kind === 'create';
    if (isCreate && command.calls === 0 && !this.primer.opensToken(command)) {
      return { kind: 'settle', settled: this.#settleUncalled(refuse(command, 'token-not-opened', this.clock.now())) };
    }
    const apiKey = await this.primer.findApiKey(command);
    const plan = isCreate ? planCreated : planOperation;
    if (apiKey === undefined) {
      return plan(command, { kind: 'unavailable' }, this.clock.now(), this.settings.commands);
    }
    if (isCreate && command.calls === 0) {
      return planFirstCreate(command, this.clock.now());
    }
    const options = { merchantId: command.merchantId, apiKey, signal: this.lifetime.stopping };
    const sight =
      command.paymentId === null
        ? await this.#findCreated(command, options)
        : await this.primer.readPayment(command.paymentId, options);
    return plan(command, sight, this.clock.now(), this.settings.commands);
  }

  async #findCreated(command: Command, options: FindLimits): Promise<PaymentSight> {
    const wanted = toWanted(command);
    return wanted === undefined
      ? { kind: 'missing' }
      : toSight(await this.finder.find(toSeeker(command), wanted, options));
  }

  /** @returns undefined if the lease was lost before the call */
  async #call(leased: Command, command: Command): Promise<SettledCommand | undefined> {
    const isStopped = () => command.request.kind === 'create' && this.killSwitch.stops(command.merchantId);
    if (isStopped()) {
      return this.#settleUncalled(again(leased, this.clock.now(), this.settings.commands));
    }
    const askedAt = this.clock.read();
    const beginning = await this.beginCall.begin(command);
    if (beginning === 'lease-lost') {
      return undefined;
    }
    if (beginning === 'order-taken') {
      return this.#settleUncalled(refuse(leased, 'order-already-paid', this.clock.now()));
    }
    this.leases.renew(leased, askedAt);
    this.watch.tell(leased);
    const endTimer = this.#calls.startTimer({ command: command.request.kind });
    const span = activeSpans()?.start(`Primer ${command.request.kind}`, {
      kind: 'client',
      parent: command.traceparent ?? undefined,
      attributes: { 'peer.service': 'primer', 'tollgate.command_id': command.commandId },
    });
    const apiKey = await this.primer.findApiKey(command);
    const call: CommandCall =
      apiKey === undefined
        ? { kind: 'notSent', reason: 'no-key' }
        : await this.primer.call(command, {
            apiKey,
            maySend: () => this.leases.holds(leased) && !isStopped(),
          });
    const result = call.kind === 'answered' ? String(call.status) : call.kind;
    endTimer({ result });
    span?.set({ 'tollgate.result': result });
    span?.end();
    return settleCommandCall(command, call, this.clock.now(), this.settings.commands);
  }

  #settleUncalled(command: Command): SettledCommand {
    return toSettledCommand({ command }, this.clock.now(), this.settings.commands);
  }

  /** An answer is worth keeping: it is offered until it is recorded, or the lease is somebody else's. */
  async #record(settled: SettledCommand, leased: Command): Promise<void> {
    const { merchantId, commandId, fence } = leased;
    for (;;) {
      try {
        const recorded = await runWithTraceparent(leased.traceparent ?? undefined, () => this.results.record(settled));
        if (!recorded) {
          this.log.warn('The lease was lost before the result was recorded', { merchantId, commandId, fence });
        }
        break;
      } catch (error) {
        if (!isRetriable(error) || this.lifetime.stopping.aborted) {
          throw error;
        }
        await pause(RECORD_PAUSE_MS, undefined, { ref: false });
      }
    }
    const { command } = settled;
    if (command.concludedAt !== null || command.state === 'HELD') {
      this.watch.tell(command);
      this.bell.ringIn(0); // The payment's next command may have its turn.
    } else {
      this.bell.ringIn(command.dueAt.getTime() - this.clock.now().getTime());
    }
  }
}
