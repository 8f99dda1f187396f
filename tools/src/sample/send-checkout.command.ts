import { setTimeout as delay } from 'node:timers/promises';

import { outcomeKind } from '@tollgate/contracts';

import type { SentCheckout } from './checkout-record.ts';
import type { BrowserEvent, InstallationClient } from './installation-client.ts';
import type { PlannedCheckout } from './sample-plan.policy.ts';

const WAIT_SECONDS = 20;
/** The last clock of an attempt is 88 s; an unknown outcome that only the provider's list can tell takes up to 180 s. */
const OUTCOME_WITHIN_MS = 200_000;
const POLL_MS = 500;
const REVIEW_POLL_MS = 250;
/** A reloaded page fires the same event with a later time. Seconds. */
const RELOAD_AFTER_S = 2;

const outcomes = new Set<string>(outcomeKind.options);

/** Plays one checkout from the browser to its outcome. @throws UnexpectedAnswer */
export async function sendCheckout(client: InstallationClient, planned: PlannedCheckout): Promise<SentCheckout> {
  const event = await client.tokenise(planned);
  const startedAt = performance.now();
  const posts = firings(event, planned).map((firing) => client.postAttempt(firing, planned, WAIT_SECONDS));
  const [statuses] = await Promise.all([Promise.all(posts), review(client, event, planned)]);
  const isKnown = statuses.some((status) => outcomes.has(status)) || (await outcomeComes(client, event, startedAt));
  return {
    planned,
    attemptId: event.paymentAttemptId,
    accepted: statuses.length,
    outcomeAfterMs: isKnown ? performance.now() - startedAt : undefined,
    followedUp: [],
  };
}

/** Plays the reviewer, who looks at what the rules have left open; or who has gone for a coffee. */
async function review(client: InstallationClient, event: BrowserEvent, { kind }: PlannedCheckout): Promise<void> {
  if (kind.review === undefined || kind.review === 'left') return;
  const giveUpAt = performance.now() + WAIT_SECONDS * 1000;
  while (performance.now() < giveUpAt) {
    const approval = await client.pendingReview('payment_attempt', event.paymentAttemptId);
    if (approval !== undefined) {
      await client.review(approval, kind.review);
      return;
    }
    await delay(REVIEW_POLL_MS);
  }
}

function firings(event: BrowserEvent, { kind }: PlannedCheckout): BrowserEvent[] {
  return kind.posts === 1 ? [event] : [event, { ...event, timestamp: event.timestamp + RELOAD_AFTER_S }];
}

async function outcomeComes(client: InstallationClient, event: BrowserEvent, startedAt: number): Promise<boolean> {
  while (performance.now() - startedAt < OUTCOME_WITHIN_MS) {
    const attempt = await client.attempt(event.paymentAttemptId);
    if (attempt?.outcome !== undefined) return true;
    await delay(POLL_MS);
  }
  return false;
}
