import type { FollowedUp } from './follow-up.types.ts';

/** How a command is to end: what a second person has rejected is not carried out. Without limits nobody is asked. */
export function dueStatusOf({ followUp: { secondPerson }, wasHeld }: FollowedUp): 'DONE' | 'REFUSED' {
  return secondPerson === 'rejected' && wasHeld ? 'REFUSED' : 'DONE';
}

/** Half of an order, the odd unit left out. Minor units. */
export function halfOf(amountMinor: number): number {
  return Math.floor(amountMinor / 2);
}
