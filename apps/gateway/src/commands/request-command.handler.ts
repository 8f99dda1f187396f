import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { KnownError } from '@tollgate/contracts';
import { Database, PaymentTokens } from '@tollgate/persistence';
import { currentTraceparent, ServiceLifetime } from '@tollgate/platform';
import { DatabaseClock } from '../clock/database-clock.service.ts';
import { toPaymentAmounts } from './amount-rules.policy.ts';
import { CommandCalls } from './command-calls.service.ts';
import { CommandLanes } from './command-lanes.service.ts';
import { CommandBell } from './command-leases.service.ts';
import { CommandLimits } from './command-limits.service.ts';
import { CommandWatch } from './command-watch.service.ts';
import { CommandRepository, type DigestedCommand, toCommandKeyText } from './command.repository.ts';
import type { Command, CommandKey, CommandRequest } from './command.types.ts';
import { openCommand, toRequestText } from './incoming-command.policy.ts';
import { checkRequest } from './plan-command.policy.ts';

/** What a caller asks for over HTTP. */
export interface RequestedCommand extends CommandKey {
  readonly request: CommandRequest;
  readonly requester: string;
  /** Of a create, as it came in. */
  readonly token: string | null;
  /** How long the caller waits for the end; undefined: not at all. Seconds. */
  readonly waitSeconds: number | undefined;
  /** Aborted when nobody is there to read the answer any more. */
  readonly gone: AbortSignal;
  /** Called once the command is stored, before the wait for its end begins. */
  readonly onTaken: () => void;
}

/** How long the payment may take to be read before a command is taken in; beyond that it is taken in unread. */
const FIRST_LOOK_MS = 3_000;
/** Between two looks for a command that is not taken in unread. Milliseconds. */
const LOOK_PAUSE_MS = 100;

/** How long an answer waits to be able to say whether a command of a merchant with limits is held. Milliseconds. */
const FIRST_STEP_MS = 2_000;

/** What the first look at the payment came to. */
type FirstLook = 'allowed' | 'not-seen' | KnownError;

/**
 * Takes a command in over HTTP. What its payment does not allow is said at once, where that can be told; the rules are
 * asked again when its turn comes.
 */
@Injectable()
export class RequestCommandHandler {
  constructor(
    private readonly database: Database,
    private readonly commands: CommandRepository,
    private readonly tokens: PaymentTokens,
    private readonly primer: CommandCalls,
    private readonly lanes: CommandLanes,
    private readonly limits: CommandLimits,
    private readonly watch: CommandWatch,
    private readonly bell: CommandBell,
    private readonly clock: DatabaseClock,
    private readonly lifetime: ServiceLifetime,
  ) {}

  /**
   * Resolves once the command is durable, with the command as it is then, or at its end if the caller waits for it.
   * @throws KnownError PAYMENT_COMMAND_CONFLICT for a known id with another body; PAYMENT_NOT_FOUND,
   *   COMMAND_NOT_ALLOWED for what can be told at once; PAYMENT_NOT_READABLE where that must be told first;
   *   DATABASE_UNAVAILABLE
   */
  async request(requested: RequestedCommand): Promise<Command> {
    const incoming = this.#open(requested);
    const command = (await this.#findKnown(incoming)) ?? (await this.#takeIn(incoming));
    const { waitSeconds, gone } = requested;
    requested.onTaken();
    if (waitSeconds !== undefined) {
      return this.watch.wait(command, { waitMs: waitSeconds * 1000, gone, until: isSettledOrHeld });
    }
    const isLimited = (await this.limits.find(command.merchantId, command.request.kind)) !== undefined;
    return isLimited ? this.watch.wait(command, { waitMs: FIRST_STEP_MS, gone, until: hasTakenFirstStep }) : command;
  }

  #open({ merchantId, commandId, request, requester, token }: RequestedCommand): DigestedCommand {
    const now = this.clock.now();
    const sealedToken = token === null ? null : this.tokens.seal(token, { merchantId, commandId });
    const traceparent = currentTraceparent() ?? null;
    return {
      command: openCommand(
        { merchantId, commandId, request, sealedToken, requester, requestedAt: now, traceparent },
        now,
      ),
      digest: this.tokens.digest(toRequestText(request, token)),
    };
  }

  async #findKnown(incoming: DigestedCommand): Promise<Command | undefined> {
    const known = await this.commands.find(incoming.command);
    return known === undefined ? undefined : toSame(known, incoming);
  }

  async #takeIn(incoming: DigestedCommand): Promise<Command> {
    const complaint = await this.#findComplaint(incoming.command);
    if (complaint !== undefined) {
      // The same request may have come in, and changed the payment, in the meantime.
      const known = await this.#findKnown(incoming);
      if (known === undefined) {
        throw complaint;
      }
      return known;
    }
    const stored = await this.database.transaction((tx) => this.commands.takeIn(tx, [incoming]));
    this.bell.ringIn(0);
    const taken = stored.get(toCommandKeyText(incoming.command));
    if (taken === undefined) {
      throw new KnownError('INTERNAL', { detail: 'A command that was taken in is not there' });
    }
    return toSame(taken, incoming);
  }

  async #findComplaint(command: Command): Promise<KnownError | undefined> {
    const endsAtMs = performance.now() + FIRST_LOOK_MS;
    for (;;) {
      const look = await this.#look(command);
      if (look !== 'not-seen') {
        return look === 'allowed' ? undefined : look;
      }
      if (!needsLook(command.request)) {
        return undefined;
      }
      if (performance.now() + LOOK_PAUSE_MS >= endsAtMs || this.lifetime.stopping.aborted) {
        const detail = 'Whether the capture leaves a rest cannot be told: say "final", or send it again';
        return new KnownError('PAYMENT_NOT_READABLE', { detail });
      }
      await pause(LOOK_PAUSE_MS);
    }
  }

  /** While other commands of the payment are open it is not yet what it will be, and tells nothing. */
  async #look({ merchantId, commandId, request }: Command): Promise<FirstLook> {
    if (request.kind === 'create') {
      return 'allowed';
    }
    const { paymentId } = request;
    if (this.lanes.room(merchantId) === 0 || (await this.commands.countOpen(merchantId, paymentId)) > 0) {
      return 'not-seen';
    }
    const apiKey = await this.primer.findApiKey({ merchantId, commandId });
    if (apiKey === undefined) {
      return 'not-seen';
    }
    const signal = this.lifetime.stopping;
    const sight = await this.primer.readPayment(paymentId, { merchantId, apiKey, signal, timeoutMs: FIRST_LOOK_MS });
    if (sight.kind === 'missing') {
      return new KnownError('PAYMENT_NOT_FOUND');
    }
    if (sight.kind !== 'found') {
      return 'not-seen';
    }
    const verdict = checkRequest(request, sight.payment);
    if (verdict.kind === 'allowed') {
      return 'allowed';
    }
    const { authorised, captured, refunded } = toPaymentAmounts(sight.payment);
    return new KnownError('COMMAND_NOT_ALLOWED', {
      facts: {
        reason: verdict.reason,
        paymentStatus: sight.payment.status,
        authorisedMinor: authorised ?? null,
        capturedMinor: captured,
        refundedMinor: refunded,
      },
    });
  }
}

/**
 * A capture of an amount that says nothing about the rest is wrong where it leaves one, which only the payment tells: it
 * is not taken in before that has been seen, or the same request would be refused today and taken in tomorrow.
 */
function needsLook(request: CommandRequest): boolean {
  return request.kind === 'capture' && request.amountMinor !== undefined && request.final === undefined;
}

/** Nothing more happens to it while somebody waits: a second person takes longer. */
function isSettledOrHeld({ concludedAt, state }: Command): boolean {
  return concludedAt !== null || state === 'HELD';
}

function hasTakenFirstStep(command: Command): boolean {
  return isSettledOrHeld(command) || command.calls > 0;
}

/** @throws KnownError PAYMENT_COMMAND_CONFLICT */
function toSame(known: DigestedCommand, incoming: DigestedCommand): Command {
  if (known.digest !== incoming.digest) {
    throw new KnownError('PAYMENT_COMMAND_CONFLICT', { facts: { commandId: incoming.command.commandId } });
  }
  return known.command;
}
