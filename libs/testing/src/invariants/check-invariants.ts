import { eventually } from '../eventually.ts';
import { redeliverFailedWebhooks } from '../stack/emulator-record.ts';
import type { Stack } from '../stack/stack.ts';
import { violationsOfBooks } from './book-invariants.ts';
import { differentAgain } from './decision-invariants.ts';
import { findBacklogViolations, findViolations } from './find-violations.ts';
import { readProvider } from './read-provider.ts';
import { readBacklog, readBooks, readRecomputation, readWorld } from './read-world.ts';
import type { Story } from './read-world.ts';
import type { Violation } from './world.types.ts';

export type { Story } from './read-world.ts';

/** I10: within this time after the last fault no backlog is left. */
const BACKLOG_TIMEOUT_MS = 60_000;

/** How long may be waited for what is left over. Milliseconds. */
export interface CheckPatience {
  /** For all work, unless something of it has a time of its own. */
  readonly backlogTimeoutMs?: number;
  /** For unknown outcomes that only the provider's list can tell, where that is longer. */
  readonly listOnlyTimeoutMs?: number;
}

const INTERVAL_MS = 500;

/**
 * Lets the work that is left be done (I10), then returns every broken promise; empty when all hold. A promise about
 * what must be there in the end may be kept a moment late; one that nothing must happen twice cannot be mended.
 */
export async function checkInvariants(
  stack: Stack,
  story: Story,
  { backlogTimeoutMs = BACKLOG_TIMEOUT_MS, listOnlyTimeoutMs = backlogTimeoutMs }: CheckPatience = {},
): Promise<Violation[]> {
  await redeliverFailedWebhooks(stack);
  const endsAtMs = performance.now() + listOnlyTimeoutMs;
  try {
    if (listOnlyTimeoutMs > backlogTimeoutMs) {
      await eventually(() => assertOnlyListIsLeft(stack), { timeoutMs: backlogTimeoutMs, intervalMs: INTERVAL_MS });
    }
    const timeoutMs = endsAtMs - performance.now();
    await eventually(() => assertKept(stack, story), { timeoutMs, intervalMs: INTERVAL_MS });
    return [];
  } catch (error) {
    if (error instanceof Error && error.cause instanceof PromisesBroken) return error.cause.violations;
    throw error;
  }
}

/** Every promise that is broken at this moment, without patience: work that is under way counts as left over. */
export async function findViolationsNow(stack: Stack, story: Story): Promise<Violation[]> {
  return findViolations(await readWorld(stack, story));
}

/**
 * Waits until the books hold what the provider's record says, with the ledger and the emulator running alone, and
 * returns what differs in the end (I5 to I7).
 */
export async function checkBooks(
  stack: Stack,
  { timeoutMs = BACKLOG_TIMEOUT_MS }: { timeoutMs?: number } = {},
): Promise<Violation[]> {
  let violations: Violation[] = [];
  await eventually(
    async () => {
      violations = await findBookViolationsNow(stack);
      if (violations.length > 0) throw new PromisesBroken(violations);
    },
    { timeoutMs, intervalMs: INTERVAL_MS },
  ).catch((error: unknown) => {
    if (!(error instanceof Error && error.cause instanceof PromisesBroken)) throw error;
  });
  return violations;
}

/** Decisions of the rules that come out different when risk makes them again, of stacks whose other promises nobody asks about. */
export async function findDifferentDecisions(stack: Stack): Promise<Violation[]> {
  return differentAgain(await readRecomputation(stack));
}

/** What differs between the books and the provider's record at this moment, without patience. */
export async function findBookViolationsNow(stack: Stack): Promise<Violation[]> {
  const provider = await readProvider(stack);
  return violationsOfBooks({ provider, books: await readBooks(stack) });
}

class PromisesBroken extends Error {
  constructor(readonly violations: Violation[]) {
    super(`${violations.length} promises are broken`);
  }
}

async function assertOnlyListIsLeft(stack: Stack): Promise<void> {
  const violations = findBacklogViolations(await readBacklog(stack), { sparing: 'what only the list tells' });
  if (violations.length > 0) throw new PromisesBroken(violations);
}

async function assertKept(stack: Stack, story: Story): Promise<void> {
  // The whole world is read only when nothing is left to do: it is large.
  const backlog = findBacklogViolations(await readBacklog(stack));
  const violations = backlog.length > 0 ? backlog : findViolations(await readWorld(stack, story));
  if (violations.length > 0) throw new PromisesBroken(violations);
}
