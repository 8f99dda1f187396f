import { setTimeout as delay } from 'node:timers/promises';

import { paymentCommandOutcome } from '@tollgate/contracts';

import type { SentCheckout } from './checkout-record.ts';
import { halfOf } from './follow-up.policy.ts';
import type { FollowUp, FollowedUp } from './follow-up.types.ts';
import type { InstallationClient, PaymentCommandWish } from './installation-client.ts';
import type { PlannedCheckout } from './sample-plan.policy.ts';

/** An unknown outcome that only the provider's list can tell takes up to 180 s. */
const ENDED_WITHIN_MS = 200_000;
const POLL_MS = 500;

const ends = new Set<string>(paymentCommandOutcome.options);

/**
 * Captures, cancels and refunds as the checkout's kind has it, one after the other; nothing where no payment came of it.
 * @throws UnexpectedAnswer
 */
export async function followUp(client: InstallationClient, sent: SentCheckout): Promise<SentCheckout> {
  const { planned, attemptId } = sent;
  const followUps = planned.kind.followUps ?? [];
  const paymentId = followUps.length === 0 ? undefined : (await client.attempt(attemptId))?.outcome?.paymentId;
  const followedUp: FollowedUp[] = [];
  for (const each of paymentId === undefined ? [] : followUps) {
    followedUp.push(await conclude(client, each, toWish(planned, each), paymentId!));
  }
  return { ...sent, followedUp };
}

/** The id says what is meant: sent again after a lost answer it is the same command. */
function toWish({ orderId, amountMinor }: PlannedCheckout, { command, part }: FollowUp): PaymentCommandWish {
  const amount = part === 'half' ? { amount: halfOf(amountMinor) } : {};
  const final = command === 'capture' ? { final: true } : {};
  return { command, commandId: `${command}-${orderId}`, body: { ...amount, ...final } };
}

async function conclude(
  client: InstallationClient,
  wanted: FollowUp,
  wish: PaymentCommandWish,
  paymentId: string,
): Promise<FollowedUp> {
  const giveUpAt = performance.now() + ENDED_WITHIN_MS;
  let state = await client.command(paymentId, wish);
  let wasHeld = false;
  while (!ends.has(state.status) && performance.now() < giveUpAt) {
    if (state.status === 'HELD') {
      wasHeld = true;
      await playSecondPerson(client, wish.commandId, wanted);
    }
    await delay(POLL_MS);
    state = await client.commandState(wish.commandId);
  }
  const status = ends.has(state.status) ? state.status : undefined;
  return { followUp: wanted, status, reason: state.reason ?? undefined, wasHeld };
}

/** Looks whether the approval is there yet, and says what this command is to be told. */
async function playSecondPerson(
  client: InstallationClient,
  commandId: string,
  { secondPerson }: FollowUp,
): Promise<void> {
  const approval = await client.pendingReview('payment_command', commandId);
  if (approval !== undefined && secondPerson !== undefined) await client.review(approval, secondPerson);
}
