import { z } from 'zod';
import { KnownError } from './errors.ts';

/** Lengths of an attempt's clocks, all measured from its first receipt. */
export interface ClockSettings {
  /** No terminal decision by then: the deadline keeper decides. Milliseconds. */
  readonly decideByMs: number;
  /** No approve call starts after it. Milliseconds. */
  readonly approveByMs: number;
  /** A call that started in time ends by then, by its own time-out. Milliseconds. */
  readonly callEndByMs: number;
  /** The attempt's own life at Primer: not documented, hence a setting. Seconds. */
  readonly attemptTtlSeconds: number;
}

/** Milliseconds that Primer's browser SDK waits for the shop's answer (its shipped source, 90 s). */
export const SHOPPER_WAIT_MS = 90_000;

export const DEFAULT_CLOCKS: ClockSettings = {
  decideByMs: 75_000,
  approveByMs: 82_000,
  callEndByMs: 88_000,
  attemptTtlSeconds: 900,
};

/** Environment variables of the clocks, to be merged into a service's settings. */
export const clockEnvironment = z.object({
  DECIDE_BY_MS: z.coerce.number().int().positive().default(DEFAULT_CLOCKS.decideByMs),
  APPROVE_BY_MS: z.coerce.number().int().positive().default(DEFAULT_CLOCKS.approveByMs),
  CALL_END_BY_MS: z.coerce.number().int().positive().default(DEFAULT_CLOCKS.callEndByMs),
  ATTEMPT_TTL_SECONDS: z.coerce.number().int().positive().default(DEFAULT_CLOCKS.attemptTtlSeconds),
});

/** Reads the clocks from validated environment variables and asserts their order. */
export function toClockSettings(environment: z.output<typeof clockEnvironment>): ClockSettings {
  return assertClockOrder({
    decideByMs: environment.DECIDE_BY_MS,
    approveByMs: environment.APPROVE_BY_MS,
    callEndByMs: environment.CALL_END_BY_MS,
    attemptTtlSeconds: environment.ATTEMPT_TTL_SECONDS,
  });
}

/**
 * decideBy < approveBy < end of calls < the shopper's wait, and < the attempt's own life: otherwise something could
 * be approved after everybody has given up on it.
 * @throws KnownError VALIDATION_FAILED naming the pair that is out of order
 */
export function assertClockOrder(clocks: ClockSettings): ClockSettings {
  const steps: ReadonlyArray<readonly [string, number]> = [
    ['DECIDE_BY_MS', clocks.decideByMs],
    ['APPROVE_BY_MS', clocks.approveByMs],
    ['CALL_END_BY_MS', clocks.callEndByMs],
    ['the shopper wait of 90 s and ATTEMPT_TTL_SECONDS', Math.min(SHOPPER_WAIT_MS, clocks.attemptTtlSeconds * 1000)],
  ];
  for (let i = 1; i < steps.length; i++) {
    const [earlier, earlierMs] = steps[i - 1]!;
    const [later, laterMs] = steps[i]!;
    if (earlierMs >= laterMs) {
      throw new KnownError('VALIDATION_FAILED', {
        detail: `${earlier} (${earlierMs} ms) must be less than ${later} (${laterMs} ms)`,
      });
    }
  }
  return clocks;
}

const instant = z.iso.datetime({ offset: true });

/** The clocks as every event about an attempt carries them (RFC 3339, UTC). */
export const attemptClocks = z
  .object({ receivedAt: instant, decideBy: instant, approveBy: instant, expiresAt: instant })
  .meta({
    description: "Fixed at the attempt's first receipt, by the database's clock; a re-fired event never moves them.",
  });
export type AttemptClocks = z.infer<typeof attemptClocks>;

/**
 * The one place where an attempt's clocks come from.
 * @param firstReceipt the database's clock at the first receipt; for an attempt published straight to the topic the
 *   record's broker timestamp, never the time of reading
 */
export function deriveClocks(firstReceipt: Date, settings: ClockSettings): AttemptClocks {
  const at = (offsetMs: number) => new Date(firstReceipt.getTime() + offsetMs).toISOString();
  return {
    receivedAt: at(0),
    decideBy: at(settings.decideByMs),
    approveBy: at(settings.approveByMs),
    expiresAt: at(settings.attemptTtlSeconds * 1000),
  };
}

/**
 * The clocks of an attempt for which somebody wants to be told sooner: what follows the decision moves with it, the
 * attempt's own life does not. Nobody can have more time than the installation gives.
 */
export function shortenClocks(settings: ClockSettings, decideByMs: number | undefined): ClockSettings {
  const savedMs = Math.max(0, settings.decideByMs - (decideByMs ?? settings.decideByMs));
  return {
    ...settings,
    decideByMs: settings.decideByMs - savedMs,
    approveByMs: settings.approveByMs - savedMs,
    callEndByMs: settings.callEndByMs - savedMs,
  };
}

/**
 * The clocks of an attempt that comes from the topic: those its event carries, but none later than what its first
 * receipt by the broker gives. A producer can shorten an attempt's time, and cannot have it approved too late.
 */
export function settleClocks(
  announced: AttemptClocks | undefined,
  firstReceipt: Date,
  settings: ClockSettings,
): AttemptClocks {
  const derived = deriveClocks(firstReceipt, settings);
  const earlier = (one: string | undefined, other: string) =>
    one !== undefined && Date.parse(one) < Date.parse(other) ? one : other;
  return {
    receivedAt: earlier(announced?.receivedAt, derived.receivedAt),
    decideBy: earlier(announced?.decideBy, derived.decideBy),
    approveBy: earlier(announced?.approveBy, derived.approveBy),
    expiresAt: earlier(announced?.expiresAt, derived.expiresAt),
  };
}
