/** What the benchmark asks of the stub. */
export type StubQuestion =
  /** Listen; the answer is the stub's address. */
  | { readonly kind: 'listen' }
  /** Send webhooks there from now on and forget what was seen. */
  | { readonly kind: 'aim'; readonly webhookUrl: string; readonly webhookSecret: string }
  /** Hand over what was seen since the last time. */
  | { readonly kind: 'collect' };

/** What the stub saw. */
export interface StubSightings {
  /** When each attempt's first approve call arrived: milliseconds of the machine's monotonic clock. */
  readonly approvedAtMs: ReadonlyMap<string, number>;
  /** Approve calls for an attempt that had one already. */
  readonly repeatedApproves: number;
  readonly aborts: number;
  readonly webhookRetries: number;
  /** Reads of payments: by id, and pages of the list. */
  readonly reads: number;
}
