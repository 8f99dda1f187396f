import { MICROS_PER_SECOND } from '../clock/micros.policy.ts';

/** Captured money arrives within two days; here after one. */
const SETTLEMENT_SECONDS = 24 * 60 * 60;

/** When the money of a capture arrives. */
export function settlesAtMicros(capturedAtMicros: number): number {
  return capturedAtMicros + SETTLEMENT_SECONDS * MICROS_PER_SECOND;
}
