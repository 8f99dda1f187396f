/**
 * Time as the emulator knows it. Everything that falls due (an attempt's expiry, a webhook's retry, a date in an answer)
 * asks this one clock, so that a test, or a moved clock, moves all of them together.
 */
export abstract class Clock {
  /** Whole microseconds since 1970 in UTC, strictly increasing: no two changes carry the same date. */
  abstract nowMicros(): number;

  /** Calls `wake` once when the given moment has come; the answer cancels it. */
  abstract wakeAt(atMicros: number, wake: () => void): () => void;
}
