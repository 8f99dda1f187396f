import type { IfNotFound, IncidentKind } from './action.types.ts';
import type { TerminalState } from './action.states.ts';

/**
 * What to do about an answer.
 * - `approved`: a payment exists; its id is in the answer, else it is looked for
 * - `conclude`: over, with this outcome; `reason` is a slug, `as-decided` stands for the decision's own
 * - `find`: look for a payment; found → APPROVED, certainly none → `ifNotFound`
 * - `retry`: the call had no effect; repeat the step after a pause
 * - `retry-thrice`: the same, up to three calls in all, then `then`
 * - `unknown`: the call may have had its effect
 */
export type Reaction = { readonly incident?: IncidentKind; readonly pauseMerchant?: true } & (
  | { readonly kind: 'approved' }
  | { readonly kind: 'conclude'; readonly outcome: TerminalState; readonly reason: string }
  | { readonly kind: 'find'; readonly ifNotFound: IfNotFound; readonly reason: string }
  | { readonly kind: 'retry' }
  | { readonly kind: 'retry-thrice'; readonly then: FinalReaction }
  | { readonly kind: 'unknown' }
);

export type FinalReaction =
  | { readonly kind: 'conclude'; readonly outcome: TerminalState; readonly reason: string }
  | { readonly kind: 'find'; readonly ifNotFound: IfNotFound; readonly reason: string };

/** One row of a table of answers. The first row that fits counts. */
export interface AnswerRow {
  readonly answer: string;
  readonly fits: (call: CallResult) => boolean;
  readonly means: string;
  /** No earlier call of ours of this kind may have arrived. */
  readonly first: Reaction;
  /** An earlier call of ours may have arrived. */
  readonly repeated: Reaction;
}

/** What a call came to, in the words of the tables; made of the client's result by whoever called. */
export type CallResult =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly understood: boolean;
      readonly errorId?: string;
      readonly paymentId?: string;
      readonly retryAfterMs?: number;
    }
  | { readonly kind: 'notSent'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string; readonly status?: number; readonly retryAfterMs?: number };
