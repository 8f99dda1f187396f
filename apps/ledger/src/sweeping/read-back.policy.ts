import { isKnownStatus } from '../books/snapshot.policy.ts';

/** When payments are read back. Milliseconds throughout. */
export interface ReadBackSettings {
  /** First reads of every payment, measured from when it was first heard of; ascending. */
  readonly earlyReadsMs: readonly number[];
  /** Between two reads of a payment that can still change by itself. */
  readonly openEveryMs: number;
  /** Between two reads of a payment that can still be refunded. */
  readonly refundableEveryMs: number;
  /** How long after its last news a refundable payment is read. */
  readonly refundableForMs: number;
}

/** What the last read, or the lack of one, says about a payment. */
export interface ReadBackState {
  readonly firstHeardAt: Date;
  /** Undefined while the provider has not shown the payment. */
  readonly status: string | undefined;
  readonly capturedMinor: bigint;
  readonly refundedMinor: bigint;
  /** A refund was asked for and has neither settled nor failed yet. */
  readonly isRefundUnderWay: boolean;
  /** The provider's time of the last news. */
  readonly changedAt: Date;
}

/** Longest pause after failed reads. */
const BACKOFF_MAX_MS = 60 * 60 * 1000;

/**
 * When a payment is to be read next, given that it was read just now; undefined when nothing is left to expect. A
 * webhook may be lost at any status: early reads find that soon, later ones in the end.
 */
export function toNextReadAt(state: ReadBackState, now: Date, settings: ReadBackSettings): Date | undefined {
  const ageMs = now.getTime() - state.firstHeardAt.getTime();
  const earlyMs = settings.earlyReadsMs.find((offsetMs) => offsetMs > ageMs);
  const regularMs = toRegularPauseMs(state, now, settings);
  const pauses = [earlyMs === undefined ? undefined : earlyMs - ageMs, regularMs].filter((each) => each !== undefined);
  return pauses.length === 0 ? undefined : new Date(now.getTime() + Math.min(...pauses));
}

/** The pause after `tries` (1 …) failures in a row: doubling from `firstMs`, an hour at most. */
export function toBackoffMs(tries: number, firstMs: number): number {
  return Math.min(firstMs * 2 ** Math.min(tries - 1, 30), BACKOFF_MAX_MS);
}

function toRegularPauseMs(state: ReadBackState, now: Date, settings: ReadBackSettings): number | undefined {
  const isRecent = now.getTime() - state.changedAt.getTime() < settings.refundableForMs;
  // A payment that the provider has not shown in all that time does not exist.
  if (state.status === undefined) return isRecent ? settings.openEveryMs : undefined;
  if (isOpen(state.status) || state.isRefundUnderWay) return settings.openEveryMs;
  const isRefundable = state.capturedMinor > state.refundedMinor;
  return isRefundable && isRecent ? settings.refundableEveryMs : undefined;
}

/** A status that can still change without us; one that nobody knows is taken for such. */
function isOpen(status: string): boolean {
  if (!isKnownStatus(status)) return true;
  return status === 'PENDING' || status === 'AUTHORIZED' || status === 'SETTLING' || status === 'PARTIALLY_SETTLED';
}
