/** Where one attempt stands between the decision and Primer's answer. */
export const ACTION_STATES = ['AWAITING', 'CALLING', 'UNKNOWN', 'APPROVED', 'ABORTED', 'EXPIRED', 'REJECTED'] as const;
export type ActionState = (typeof ACTION_STATES)[number];

export const TERMINAL_STATES = ['APPROVED', 'ABORTED', 'EXPIRED', 'REJECTED'] as const;
export type TerminalState = (typeof TERMINAL_STATES)[number];

/**
 * Every legal transition. AWAITING means that no call may have arrived at Primer; from UNKNOWN, where one may have,
 * there is no way back to it. A terminal state is never left.
 */
export const LEGAL_TRANSITIONS: Readonly<Record<ActionState, readonly ActionState[]>> = {
  AWAITING: ['CALLING', 'EXPIRED'],
  CALLING: ['AWAITING', 'UNKNOWN', 'APPROVED', 'ABORTED', 'EXPIRED', 'REJECTED'],
  UNKNOWN: ['APPROVED', 'ABORTED', 'EXPIRED', 'REJECTED'],
  APPROVED: [],
  ABORTED: [],
  EXPIRED: [],
  REJECTED: [],
};

export function isTerminal(state: ActionState): state is TerminalState {
  return LEGAL_TRANSITIONS[state].length === 0;
}

/** Staying where one is is no transition. */
export function isLegalTransition(from: ActionState, to: ActionState): boolean {
  return from === to || LEGAL_TRANSITIONS[from].includes(to);
}
