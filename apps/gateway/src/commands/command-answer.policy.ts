import type { CommandReason } from '@tollgate/contracts';
import type { IncidentKind } from '../actions/action.types.ts';
import type { CommandCall, CommandRequest } from './command.types.ts';

/**
 * What to do about an answer.
 * - `effect`: Primer says it is done; what the payment shows is compared with what was asked for
 * - `created`: a payment exists
 * - `refuse`: it has no effect and never will; after a lost call: unless reading the payment shows otherwise
 * - `arrived`: Primer knows the command's id: what became of it is read
 * - `retry`: the call had no effect; it is made again after a pause
 * - `unknown`: the call may have had its effect: the payment is read
 */
export type CommandReaction = { readonly incident?: IncidentKind } & (
  | { readonly kind: 'effect' }
  | { readonly kind: 'created' }
  | { readonly kind: 'refuse'; readonly reason: CommandReason }
  | { readonly kind: 'arrived' }
  | { readonly kind: 'retry'; readonly keyRefused?: 'for-all' | 'for-this' }
  | { readonly kind: 'unknown' }
);

/** One row of a table of answers. The first row that fits counts. */
interface CommandAnswerRow {
  readonly answer: string;
  readonly fits: (call: CommandCall) => boolean;
  readonly means: string;
  readonly reaction: CommandReaction;
}

/** Answers that say nothing about the payment; last in each table. */
const otherRows: readonly CommandAnswerRow[] = [
  {
    answer: '401',
    fits: answered([401]),
    means: 'our key is refused: no call of this merchant goes through',
    reaction: { kind: 'retry', keyRefused: 'for-all', incident: 'KEY_REFUSED' },
  },
  {
    answer: '403',
    fits: answered([403]),
    means: 'our key may not do this: its scopes are for each kind of call, and others go through',
    reaction: { kind: 'retry', keyRefused: 'for-this', incident: 'KEY_REFUSED' },
  },
  {
    answer: '429',
    fits: answered([429]),
    means: 'too fast (not documented): again after Retry-After',
    reaction: { kind: 'retry' },
  },
  {
    answer: 'nothing was sent',
    fits: (call) => call.kind === 'notSent',
    means: 'no connection, an open circuit, or the lease ran out before the first byte',
    reaction: { kind: 'retry' },
  },
  {
    answer: "400, 404, 409, 422 in Primer's words",
    fits: understood([400, 404, 409, 422]),
    means: 'Primer, its processor or its validation refuse it; the error id says which',
    reaction: { kind: 'refuse', reason: 'provider-refused' },
  },
  {
    answer: '408, 5xx, time-out, reset',
    fits: (call) => call.kind === 'unknown',
    means: 'a byte may have left: the effect may have happened',
    reaction: { kind: 'unknown' },
  },
  {
    answer: 'anything else',
    fits: () => true,
    means: 'not understood, hence never taken as final',
    reaction: { kind: 'unknown', incident: 'ANSWER_NOT_UNDERSTOOD' },
  },
];

/** Answers to capture, cancel and refund (Primer, API v2.4). */
export const OPERATION_ANSWERS: readonly CommandAnswerRow[] = [
  {
    answer: '200 and the payment',
    fits: understood([200]),
    means: 'carried out, or taken in: the payment in the answer tells',
    reaction: { kind: 'effect' },
  },
  {
    answer: '409 IdempotencyKeyAlreadyExists',
    fits: answered([409], 'IdempotencyKeyAlreadyExists'),
    means: 'this id has been carried out, or is being: by an earlier call of ours, or by somebody else',
    reaction: { kind: 'arrived' },
  },
  ...otherRows,
];

/** Answers to the creation of a payment (Primer, API v2.4). */
export const CREATE_ANSWERS: readonly CommandAnswerRow[] = [
  {
    answer: '200 and the payment',
    fits: understood([200]),
    means: 'a payment exists; its status says whether it is authorised',
    reaction: { kind: 'created' },
  },
  {
    answer: '400 TransactionRequestIdempotencyKeyAlreadyExists',
    fits: answered([400, 409], 'TransactionRequestIdempotencyKeyAlreadyExists'),
    means: 'a payment of this id exists; the error names it',
    reaction: { kind: 'arrived' },
  },
  {
    answer: '409 IdempotencyKeyAlreadyExists',
    fits: answered([409], 'IdempotencyKeyAlreadyExists'),
    means: 'the same, as the other calls say it',
    reaction: { kind: 'arrived' },
  },
  ...otherRows,
];

/** The reaction of the first row that fits. */
export function reactToCommandAnswer(kind: CommandRequest['kind'], call: CommandCall): CommandReaction {
  const table = kind === 'create' ? CREATE_ANSWERS : OPERATION_ANSWERS;
  const row = table.find(({ fits }) => fits(call));
  if (row === undefined) {
    throw new Error('A table of answers must end with a row that fits anything');
  }
  return row.reaction;
}

/** Fits Primer's error answer of these statuses and, where given, this `errorId`. */
function answered(statuses: readonly number[], errorId?: string): CommandAnswerRow['fits'] {
  return (call) =>
    call.kind === 'answered' && statuses.includes(call.status) && (errorId === undefined || call.errorId === errorId);
}

/** Fits an answer of these statuses whose body is the payment that was asked about, or Primer's own error. */
function understood(statuses: readonly number[]): CommandAnswerRow['fits'] {
  return (call) => call.kind === 'answered' && statuses.includes(call.status) && call.understood;
}
