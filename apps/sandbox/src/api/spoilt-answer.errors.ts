/** How an answer goes wrong on the wire. */
export type Spoiling =
  | { readonly manner: 'RESET' }
  /** The text comes byte by byte, one in each interval; what has not come by the end never does: the connection is cut. */
  | { readonly manner: 'DRIP'; readonly intervalMs: number; readonly endsAfterMs: number }
  /** The body is this instead. */
  | { readonly manner: 'REPLACED'; readonly text: string };

/** Thrown instead of answering: the answer that there would have been, and how it is to be spoilt. */
export class SpoiltAnswer extends Error {
  constructor(
    readonly status: number,
    readonly text: string,
    readonly spoiling: Spoiling,
  ) {
    super('The answer is spoilt on purpose.');
  }
}
