/** `closed`: so many at a time, the next when one is answered. `open`: on schedule, whatever the answers do. */
export type Load =
  | { readonly kind: 'closed'; readonly count: number; readonly inFlight: number }
  | { readonly kind: 'open'; readonly ratePerSecond: number; readonly seconds: number };

/** Where and how to post checkouts. */
export interface LoadOrder {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly load: Load;
}

/** What the driver saw; moments are milliseconds of the machine's monotonic clock. */
export interface LoadResult {
  readonly firstPostAtMs: number;
  readonly lastAnswerAtMs: number;
  /** When each attempt was posted, by its id. */
  readonly postedAtMs: ReadonlyMap<string, number>;
  /** From each POST to its answer with the outcome. */
  readonly answerMs: readonly number[];
  /** How late each POST left after its moment on the schedule; empty for a closed loop. */
  readonly lateMs: readonly number[];
  /** Answers that were not 200, by what they were. */
  readonly failures: Readonly<Record<string, number>>;
}
