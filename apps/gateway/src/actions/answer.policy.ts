import type { AnswerRow, CallResult, Reaction } from './answer.types.ts';

/** Fits Primer's error answer of this status and, where given, this `errorId`. */
export function answered(status: number | readonly number[], errorId?: string): (call: CallResult) => boolean {
  const statuses = typeof status === 'number' ? [status] : status;
  return (call) =>
    call.kind === 'answered' && statuses.includes(call.status) && (errorId === undefined || call.errorId === errorId);
}

/** Fits an answer of this status whose body is of the documented shape: about this attempt, or Primer's own error. */
export function understood(status: number | readonly number[]): (call: CallResult) => boolean {
  const fits = answered(status);
  return (call) => fits(call) && call.kind === 'answered' && call.understood;
}

function always(reaction: Reaction): Pick<AnswerRow, 'first' | 'repeated'> {
  return { first: reaction, repeated: reaction };
}

/** Rows that approve, abort and fence share: they say nothing about the attempt. Last in each table. */
export const otherRows: readonly AnswerRow[] = [
  {
    answer: '401, 403',
    fits: answered([401, 403]),
    means: 'our key is refused: no call of this merchant goes through',
    ...always({ kind: 'retry', pauseMerchant: true, incident: 'KEY_REFUSED' }),
  },
  {
    answer: '429',
    fits: answered(429),
    means: 'too fast (not documented): repeat after Retry-After, within the clocks',
    ...always({ kind: 'retry' }),
  },
  {
    answer: 'nothing was sent',
    fits: (call) => call.kind === 'notSent',
    means: 'no connection, or the clock ran out before the first byte',
    ...always({ kind: 'retry' }),
  },
  {
    answer: '408, 5xx, time-out, reset',
    fits: (call) => call.kind === 'unknown',
    means: 'a byte may have left: the effect may have happened',
    ...always({ kind: 'unknown' }),
  },
  {
    answer: 'anything else',
    fits: () => true,
    means: 'not understood, hence never taken as final',
    ...always({ kind: 'unknown', incident: 'ANSWER_NOT_UNDERSTOOD' }),
  },
];

/** The reaction of the first row that fits. */
export function react(table: readonly AnswerRow[], call: CallResult, earlierMayHaveArrived: boolean): Reaction {
  const row = table.find(({ fits }) => fits(call));
  if (row === undefined) {
    throw new Error('A table of answers must end with a row that fits anything');
  }
  return earlierMayHaveArrived ? row.repeated : row.first;
}
