import { eventually } from '../eventually.ts';
import type { Stack } from '../stack/stack.ts';
import { findViolations } from './find-violations.ts';
import { readBacklog, readWorld } from './read-world.ts';
import type { Story } from './read-world.ts';
import type { Violation } from './world.types.ts';

export type { Story } from './read-world.ts';

/** I10: within this time after the last fault no backlog is left. */
const BACKLOG_TIMEOUT_MS = 60_000;
const BACKLOG_INTERVAL_MS = 500;

/**
 * Waits until no work is left (I10), then reads the world and returns every broken promise; empty when all hold.
 * @param backlogTimeoutMs longer where an unknown outcome can be told by the provider's list alone
 */
export async function checkInvariants(
  stack: Stack,
  story: Story,
  { backlogTimeoutMs = BACKLOG_TIMEOUT_MS }: { backlogTimeoutMs?: number } = {},
): Promise<Violation[]> {
  await eventually(
    async () => {
      const backlog = await readBacklog(stack);
      if (backlog.length > 0) throw new Error(backlog.map(({ where, what }) => `${where}: ${what}`).join('; '));
    },
    { timeoutMs: backlogTimeoutMs, intervalMs: BACKLOG_INTERVAL_MS },
    // What is left then is a violation like the others, found by the reading below.
  ).catch(() => undefined);
  return findViolations(await readWorld(stack, story));
}
