import { randomUUID } from 'node:crypto';
import { type Database, type MerchantDirectory, sql, type Transaction } from '@tollgate/persistence';
import { Metrics } from '@tollgate/platform';
import { paymentSnapshotSample, SAMPLE_MERCHANT } from '@tollgate/testing';
import { ActionRepository, toActionKeyText } from '../src/actions/action.repository.ts';
import { type ActionRow, toAction } from '../src/actions/action.store.ts';
import type { Action, ActionSettings } from '../src/actions/action.types.ts';
import { conclude } from '../src/actions/settle-step.policy.ts';
import { openAction, type Started, startStep } from '../src/actions/start-step.policy.ts';
import { BeginCommandCallHandler } from '../src/commands/begin-command-call.handler.ts';
import { countCall, done, refuse, takeUp } from '../src/commands/command-progress.policy.ts';
import { CommandRepository } from '../src/commands/command.repository.ts';
import type { Command } from '../src/commands/command.types.ts';
import { openCommand } from '../src/commands/incoming-command.policy.ts';
import type { CallSettings } from '../src/gateway.config.ts';
import { ApproveAdmission } from '../src/orders/approve-admission.service.ts';
import { OrderClaimRepository } from '../src/orders/order-claim.repository.ts';
import { PaymentSightingRepository } from '../src/payments/payment-sighting.repository.ts';
import { ClientSessionRepository } from '../src/sessions/client-session.repository.ts';

/** What a call that is under way comes to: nothing was sent, not known, paid, declined, or over without a payment. */
export type Answer = 'retry' | 'unknown' | 'paid' | 'declined' | 'over';

const LEASE_MS = 60_000;
const settings: ActionSettings = {
  retryPauseMs: 1,
  retryPauseMsMax: 1,
  notFoundPauseMs: 1,
  noneCountsAfterMs: 1_000,
  unknownTooLongMs: 60_000,
  silentExpiryMs: 3_600_000,
  keyPauseMs: 1,
};

const readLeased = sql(
  'test-read-leased-action',
  'SELECT * FROM attempt_action WHERE attempt_id = $1::uuid AND lease_until IS NOT NULL',
);

/** What several instances do to the rows of one order, as their handlers do it, without topics and calls. */
export class OrderGate {
  readonly actions: ActionRepository;
  readonly sightings = new PaymentSightingRepository();
  readonly orders: ApproveAdmission;
  readonly commands: CommandRepository;
  readonly beginning: BeginCommandCallHandler;

  constructor(private readonly connected: Database) {
    const merchants = { settingsOf: async () => new Map() } as unknown as MerchantDirectory;
    this.actions = new ActionRepository(connected);
    this.orders = new ApproveAdmission(
      new OrderClaimRepository(),
      new ClientSessionRepository(connected),
      merchants,
      new Metrics('gateway'),
    );
    this.commands = new CommandRepository(connected);
    this.beginning = new BeginCommandCallHandler(connected, this.commands, this.orders, {
      leaseMs: LEASE_MS,
    } as CallSettings);
  }

  /** Decisions arrive in one batch; `wait` leaves them in the table, as a full lane does. */
  async decide(opened: readonly Action[], wait: boolean, mayPayTwice: readonly string[] = []): Promise<void> {
    const now = new Date();
    const started = opened.map((action): Started =>
      wait ? { action, step: null, announce: null } : startStep(action, now, settings, false),
    );
    await this.connected.transaction(async (tx) => {
      const rows = await this.actions.claim(
        tx,
        started.map(({ action }) => action),
        { leaseMs: LEASE_MS, mayPayTwice },
      );
      const written = started.flatMap((one) => {
        const row = rows.get(toActionKeyText(one.action));
        return row === undefined ? [] : [{ started: one, ...row }];
      });
      await this.#hold(
        tx,
        await this.orders.contest(
          tx,
          written.filter(({ hasOrder }) => !hasOrder),
        ),
      );
    });
  }

  /** What is due is leased. */
  async lease(): Promise<void> {
    await this.connected.transaction(async (tx) => {
      const due = await this.actions.lockDue(tx, {
        count: 3,
        noCallsOf: [],
        noSearchesOf: [],
        silentExpiryMs: 3_600_000,
      });
      const started = due.map(({ action }) => startStep(action, new Date(), settings, false));
      await this.#hold(tx, await this.orders.admit(tx, started));
    });
  }

  /** What is under way comes to something. */
  async answer(attemptId: string, answer: Answer): Promise<void> {
    const [row] = await this.connected.query<ActionRow>(readLeased, [attemptId]);
    if (row === undefined) return;
    const paymentId = `pay-${attemptId}`;
    await this.connected.transaction(async (tx) => {
      const next = answerOf(toAction(row), answer, new Date(), paymentId);
      await this.actions.recordResults(tx, [next]);
      if (answer === 'declined' && next.paymentId !== null) {
        await this.#reportDeclined(tx, paymentId);
      }
    });
  }

  /** A command creates the order's payment; returns its id, and whether its call has begun. */
  async create(orderId: string): Promise<{ commandId: string; begins: boolean }> {
    const now = new Date();
    const command = openCommand(
      {
        merchantId: SAMPLE_MERCHANT,
        commandId: randomUUID(),
        request: { kind: 'create', orderId, amountMinor: '4200', currency: 'EUR' },
        sealedToken: 'sealed',
        requestedAt: now,
        traceparent: null,
      },
      now,
    );
    const taken = takeUp(command, now);
    await this.connected.transaction(async (tx) => {
      await this.commands.takeIn(tx, [{ command, digest: '00' }]);
      await this.commands.hold(tx, [taken], LEASE_MS);
    });
    const beginning = await this.beginning.begin(countCall(taken, now));
    return { commandId: command.commandId, begins: beginning === 'begun' };
  }

  /** What a create has called for comes to something. */
  async answerCreate(commandId: string, answer: Answer): Promise<void> {
    const found = await this.commands.find({ merchantId: SAMPLE_MERCHANT, commandId });
    if (found === undefined || found.command.calls === 0) return;
    const paymentId = `pay-${commandId}`;
    await this.connected.transaction(async (tx) => {
      const next = answerOfCreate(found.command, answer, new Date(), paymentId);
      if ((await this.commands.record(tx, next)) && answer === 'declined') {
        await this.#reportDeclined(tx, paymentId);
      }
    });
  }

  async #reportDeclined(tx: Transaction, paymentId: string): Promise<void> {
    const snapshot = paymentSnapshotSample({ paymentId, status: 'DECLINED' });
    await this.sightings.note(tx, [{ merchantId: SAMPLE_MERCHANT, snapshot }]);
  }

  async #hold(tx: Transaction, started: readonly Started[]): Promise<void> {
    if (started.length > 0)
      await this.actions.hold(
        tx,
        started.map(({ action }) => action),
        LEASE_MS,
      );
  }
}

function answerOf(held: Action, answer: Answer, now: Date, paymentId: string): Action {
  const approves = held.step === 'approve';
  if (answer === 'over') return conclude(held, 'REJECTED', 'not-approvable', now);
  if (answer === 'unknown') return { ...held, state: 'UNKNOWN', unknownSince: now, dueAt: now };
  if (answer === 'retry' || !approves) {
    const calls = { approveCalls: 0, abortCalls: 0 };
    return held.state === 'UNKNOWN' ? held : { ...held, ...calls, state: 'AWAITING', dueAt: now };
  }
  return { ...conclude(held, 'APPROVED', 'as-decided', now), paymentId };
}

function answerOfCreate(command: Command, answer: Answer, now: Date, paymentId: string): Command {
  if (answer === 'over') return refuse(command, 'provider-refused', now);
  if (answer === 'unknown') return { ...command, state: 'UNKNOWN', unknownSince: now };
  if (answer === 'retry') return { ...command, state: 'AWAITING', calls: 0, dueAt: new Date(now.getTime() + LEASE_MS) };
  return done(command, paymentSnapshotSample({ paymentId }), now);
}

/** An approve of the order, as it is opened. */
export function openApprove(orderId: string): Action {
  const at = (offsetMs: number) => new Date(Date.now() + offsetMs);
  return openAction(
    {
      merchantId: SAMPLE_MERCHANT,
      attemptId: randomUUID(),
      clientSessionId: 'session',
      order: { orderId, amountMinor: '4200', currency: 'EUR' },
      analyticsId: null,
      clocks: { receivedAt: at(0), decideBy: at(60_000), approveBy: at(70_000), expiresAt: at(900_000) },
      decision: { decision: 'APPROVE', source: 'rules', reason: 'no-rule-matched', decidedAt: at(0) },
      supersededBy: null,
      traceparent: null,
    },
    at(0),
  );
}
