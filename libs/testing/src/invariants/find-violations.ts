import { violationsOfAttempts, violationsOfOrders, violationsOfProvider } from './attempt-invariants.ts';
import { violationsOfBooks } from './book-invariants.ts';
import { violationsOfDecisions } from './decision-invariants.ts';
import { violationsOfEvents } from './event-invariants.ts';
import type { BacklogItem, Violation, World } from './world.types.ts';

/**
 * Every broken promise of I1 to I11 (docs/ARCHITECTURE.md), empty when all hold. Pure: it only compares what each
 * service says with what the topics hold and what really happened at the provider.
 */
export function findViolations(world: World): Violation[] {
  return [
    ...violationsOfAttempts(world),
    ...violationsOfEvents(world),
    ...violationsOfProvider(world),
    ...violationsOfOrders(world),
    ...violationsOfBooks(world),
    ...violationsOfDecisions(world),
    ...findBacklogViolations(world.backlog),
  ];
}

/**
 * I10: no work is left over.
 * @param sparing leaves out what only the provider's list can tell, while its time lasts
 */
export function findBacklogViolations(
  backlog: readonly BacklogItem[],
  { sparing = 'nothing' }: { sparing?: 'nothing' | 'what only the list tells' } = {},
): Violation[] {
  return backlog
    .filter(({ onlyListTells }) => sparing === 'nothing' || onlyListTells !== true)
    .map(({ where, what }) => ({ invariant: 'I10', subject: where, problem: what }));
}
