import { clockEnvironment, type ClockSettings, KnownError, toClockSettings } from '@tollgate/contracts';
import { messagingEnvironment } from '@tollgate/messaging';
import { platformSettings, portNumber, readConfig } from '@tollgate/platform';
import type { CallGroup } from '@tollgate/primer-client';
import { z } from 'zod';
import type { ActionSettings } from './actions/action.types.ts';
import type { CommandSettings, HoldSettings } from './commands/command.types.ts';

const milliseconds = (defaultMs: number) => z.coerce.number().int().positive().default(defaultMs);

/** What the gateway reads from its environment. */
export const gatewayEnvironment = platformSettings
  .extend(messagingEnvironment.shape)
  .extend(clockEnvironment.shape)
  .extend({
    GATEWAY_PORT: portNumber.default(4004).describe('the port the gateway listens on'),
    DATABASE_URL: z.string().min(1).describe("the connection of the gateway's own database role"),
    DATABASE_SCHEMA: z.string().default('gateway').describe("the schema that holds the gateway's tables"),
    MERCHANTS_SCHEMA: z.string().default('merchants').describe('the schema of the merchants table'),
    IDENTITY_SCHEMA: z.string().default('identity').describe('the schema of keys and people'),
    TOLLGATE_MASTER_KEY: z
      .string()
      .min(1)
      .describe('32 random bytes in base64; the launcher makes them at first start'),
    PRIMER_API_URL: z
      .url({ protocol: /^https?$/ })
      .describe("Primer's base URL: https://api.sandbox.primer.io, https://api.primer.io, or the emulator's"),
    GATEWAY_CONNECTIONS_MAX: z.coerce.number().int().positive().default(256).describe('connections to Primer'),
    GATEWAY_MERCHANT_CALLS_MAX: z.coerce
      .number()
      .int()
      .positive()
      .default(64)
      .describe('calls of one merchant that are under way at the same time'),
    GATEWAY_MERCHANT_COMMANDS_MAX: z.coerce
      .number()
      .int()
      .positive()
      .default(16)
      .describe('payment commands of one merchant that are under way at the same time'),
    GATEWAY_MERCHANT_READS_MAX: z.coerce
      .number()
      .int()
      .positive()
      .default(32)
      .describe('reads of payments of one merchant that are under way at the same time'),
    GATEWAY_MERCHANT_SESSIONS_MAX: z.coerce
      .number()
      .int()
      .positive()
      .default(16)
      .describe('client sessions of one merchant that are being made at the same time'),
    GATEWAY_COMMAND_TIMEOUT_MS: milliseconds(30_000).describe('a capture, cancel, refund or creation of a payment'),
    GATEWAY_REPEAT_AFTER_MS: milliseconds(5_000).describe(
      'after a lost payment command whose effect does not show: when it is sent again under its idempotency key',
    ),
    GATEWAY_HOLD_MS: milliseconds(86_400_000).describe("how long a command above its merchant's limits may wait"),
    GATEWAY_CREATE_HOLD_MS: milliseconds(600_000).describe('the same for a create, whose token may live 15 minutes'),
    GATEWAY_VERDICT_GRACE_MS: milliseconds(60_000).describe(
      'how long word of a decision made in time may take to come',
    ),
    GATEWAY_LEASE_MS: milliseconds(9_000).describe('how long a call may be without a sign of life of its process'),
    GATEWAY_APPROVE_TIMEOUT_MS: milliseconds(20_000).describe('an approve call, at most until CALL_END_BY_MS'),
    GATEWAY_ABORT_TIMEOUT_MS: milliseconds(10_000).describe('an abort call'),
    GATEWAY_READ_TIMEOUT_MS: milliseconds(10_000).describe('one read of the payment list or of a payment'),
    GATEWAY_DUE_POLL_MS: milliseconds(1_000).describe('how often due actions are looked for, at least'),
    GATEWAY_RETRY_PAUSE_MS: milliseconds(250).describe('first pause before a repetition; doubles with each try'),
    GATEWAY_RETRY_PAUSE_MS_MAX: milliseconds(15_000).describe('the longest such pause'),
    GATEWAY_NOT_FOUND_PAUSE_MS: milliseconds(700).describe('pause between the three tries after a 404'),
    GATEWAY_NONE_COUNTS_AFTER_MS: milliseconds(150_000).describe(
      'when "no payment in the list", or no effect of a command that Primer has had, begins to count: above the 90 s that ' +
        'a call may take Primer and the 60 s that its list may lag',
    ),
    GATEWAY_UNKNOWN_TOO_LONG_MS: milliseconds(600_000).describe('when an unknown outcome becomes an incident'),
    GATEWAY_SILENT_EXPIRY_MS: milliseconds(3_600_000).describe('after expiresAt: when an unanswered abort is EXPIRED'),
    GATEWAY_CIRCUIT_PAUSE_MS: milliseconds(500).describe(
      'how often one call tries whether an open circuit closes again',
    ),
    GATEWAY_KILL_SWITCH_COPY_MS_MAX: milliseconds(5_000).describe(
      "age from which on a process's copy of the kill switches stops everything: a stop holds everywhere by then",
    ),
    GATEWAY_KEY_PAUSE_MS: milliseconds(10_000).describe('how often a refused API key is tried again'),
    GATEWAY_ALARM_ANSWERS_MIN: z.coerce
      .number()
      .int()
      .positive()
      .default(10)
      .describe('answers in a minute before a share of them (404, not manual) raises an alarm'),
  });
export type GatewayEnvironment = Readonly<z.output<typeof gatewayEnvironment>>;

/** Lengths of calls and leases. Milliseconds. */
export abstract class CallSettings {
  abstract readonly merchantCallsMax: number;
  abstract readonly leaseMs: number;
  abstract readonly approveTimeoutMs: number;
  abstract readonly abortTimeoutMs: number;
  abstract readonly readTimeoutMs: number;
  abstract readonly duePollMs: number;
  /** From `approveBy` to the end of an approve that started in time. */
  abstract readonly approveOverrunMs: number;
  /** Between the tries of a merchant whose circuit is open. */
  abstract readonly circuitPauseMs: number;
  /** A copy of the kill switches that is older stops everything. */
  abstract readonly killSwitchCopyMsMax: number;
  abstract readonly alarmAnswersMin: number;
  abstract readonly merchantCommandsMax: number;
  abstract readonly commandTimeoutMs: number;
  /** What the policies of payment commands work with. */
  abstract readonly commands: CommandSettings;
  /** How long commands wait for a second person. */
  abstract readonly holds: HoldSettings;
  /** Caps the clocks that a decision's event carries. */
  abstract readonly clocks: ClockSettings;
  /** What the policies work with. */
  abstract readonly actions: ActionSettings;
}

/** @throws ConfigError naming what is missing */
export function readGatewayConfig(environment: NodeJS.ProcessEnv = process.env): GatewayEnvironment {
  return readConfig(gatewayEnvironment, environment);
}

/** @throws KnownError VALIDATION_FAILED when the clocks are out of order */
export function toCallSettings(environment: GatewayEnvironment): CallSettings {
  const clocks = toClockSettings(environment);
  return Object.freeze({
    merchantCallsMax: environment.GATEWAY_MERCHANT_CALLS_MAX,
    leaseMs: environment.GATEWAY_LEASE_MS,
    approveTimeoutMs: environment.GATEWAY_APPROVE_TIMEOUT_MS,
    abortTimeoutMs: environment.GATEWAY_ABORT_TIMEOUT_MS,
    readTimeoutMs: environment.GATEWAY_READ_TIMEOUT_MS,
    duePollMs: environment.GATEWAY_DUE_POLL_MS,
    approveOverrunMs: clocks.callEndByMs - clocks.approveByMs,
    circuitPauseMs: environment.GATEWAY_CIRCUIT_PAUSE_MS,
    killSwitchCopyMsMax: environment.GATEWAY_KILL_SWITCH_COPY_MS_MAX,
    alarmAnswersMin: environment.GATEWAY_ALARM_ANSWERS_MIN,
    merchantCommandsMax: environment.GATEWAY_MERCHANT_COMMANDS_MAX,
    commandTimeoutMs: environment.GATEWAY_COMMAND_TIMEOUT_MS,
    commands: Object.freeze({
      retryPauseMs: environment.GATEWAY_RETRY_PAUSE_MS,
      retryPauseMsMax: environment.GATEWAY_RETRY_PAUSE_MS_MAX,
      keyPauseMs: environment.GATEWAY_KEY_PAUSE_MS,
      repeatAfterMs: environment.GATEWAY_REPEAT_AFTER_MS,
      noEffectAfterMs: environment.GATEWAY_NONE_COUNTS_AFTER_MS,
      unknownTooLongMs: environment.GATEWAY_UNKNOWN_TOO_LONG_MS,
    }),
    holds: Object.freeze({
      holdMs: environment.GATEWAY_HOLD_MS,
      createHoldMs: environment.GATEWAY_CREATE_HOLD_MS,
      verdictGraceMs: environment.GATEWAY_VERDICT_GRACE_MS,
    }),
    clocks,
    actions: Object.freeze({
      retryPauseMs: environment.GATEWAY_RETRY_PAUSE_MS,
      retryPauseMsMax: environment.GATEWAY_RETRY_PAUSE_MS_MAX,
      notFoundPauseMs: environment.GATEWAY_NOT_FOUND_PAUSE_MS,
      noneCountsAfterMs: environment.GATEWAY_NONE_COUNTS_AFTER_MS,
      unknownTooLongMs: environment.GATEWAY_UNKNOWN_TOO_LONG_MS,
      silentExpiryMs: environment.GATEWAY_SILENT_EXPIRY_MS,
      keyPauseMs: environment.GATEWAY_KEY_PAUSE_MS,
    }),
  });
}

/**
 * Calls of one merchant under way at once, by group.
 * @throws KnownError VALIDATION_FAILED when one merchant, whose calls all hang, could take every connection
 */
export function toMerchantCallsMax(environment: GatewayEnvironment): Record<CallGroup, number> {
  const callsMax = {
    attempts: environment.GATEWAY_MERCHANT_CALLS_MAX,
    payments: environment.GATEWAY_MERCHANT_COMMANDS_MAX,
    reads: environment.GATEWAY_MERCHANT_READS_MAX,
    sessions: environment.GATEWAY_MERCHANT_SESSIONS_MAX,
  };
  const together = Object.values(callsMax).reduce((sum, count) => sum + count, 0);
  if (together >= environment.GATEWAY_CONNECTIONS_MAX) {
    throw new KnownError('VALIDATION_FAILED', {
      detail:
        `GATEWAY_CONNECTIONS_MAX (${environment.GATEWAY_CONNECTIONS_MAX}) must be above the sum of GATEWAY_MERCHANT_CALLS_MAX, ` +
        `…_COMMANDS_MAX, …_READS_MAX and …_SESSIONS_MAX (${together}): one merchant could take every connection`,
    });
  }
  return callsMax;
}
