/** Where one payment command stands between its receipt and its end. */
export const COMMAND_STATES = ['AWAITING', 'HELD', 'CALLING', 'UNKNOWN', 'DONE', 'REFUSED'] as const;
export type CommandState = (typeof COMMAND_STATES)[number];

export type CommandEnd = 'DONE' | 'REFUSED';

/**
 * Every legal transition. AWAITING means that no call may have arrived at Primer; from UNKNOWN, where one may have,
 * there is no way back to it. Nor has anything been sent for what is HELD until a second person approves it. An end is
 * never left.
 */
export const COMMAND_TRANSITIONS: Readonly<Record<CommandState, readonly CommandState[]>> = {
  AWAITING: ['CALLING', 'REFUSED'],
  HELD: ['AWAITING', 'REFUSED'],
  CALLING: ['AWAITING', 'HELD', 'UNKNOWN', 'DONE', 'REFUSED'],
  UNKNOWN: ['DONE', 'REFUSED'],
  DONE: [],
  REFUSED: [],
};

/** Staying where one is is no transition. */
export function isLegalCommandTransition(from: CommandState, to: CommandState): boolean {
  return from === to || COMMAND_TRANSITIONS[from].includes(to);
}
