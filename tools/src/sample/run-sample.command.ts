import pLimit from 'p-limit';

import type { Credentials } from '../launcher/credentials.ts';
import type { Narrator } from '../launcher/narrator.ts';
import { followUp } from './follow-up.command.ts';
import { InstallationClient } from './installation-client.ts';
import type { Addresses } from './installation-client.ts';
import { checkInvariants } from './invariants.policy.ts';
import { readRecord } from './read-record.command.ts';
import { planSample, playableKinds } from './sample-plan.policy.ts';
import { formatReport } from './sample-report.ts';
import { formatTrial } from './rule-trial-report.ts';
import { beginTrial, checkRecomputation, endTrial } from './rule-trial.command.ts';
import { RulesClient } from './rules-client.ts';
import { sendCheckout } from './send-checkout.command.ts';

/** Checkouts under way at once: a shop with some traffic, on a machine with two cores. */
const CONCURRENCY = 8;

export interface SampleOptions {
  size: number;
  credentials: Credentials;
  addresses: Addresses & { risk: string; console: string };
  narrator: Narrator;
}

/**
 * Sends checkouts of every kind, captures, cancels and refunds some, waits until all is booked, and shows what became of
 * them, what a stricter rule set would have made of them, and that every decision can be made again.
 * @returns whether every invariant held
 * @throws UnexpectedAnswer when a service does not answer as it promises
 */
export async function runSample({ size, credentials, addresses, narrator }: SampleOptions): Promise<boolean> {
  const client = new InstallationClient(addresses, credentials);
  const rules = new RulesClient(addresses, credentials);
  const limit = pLimit(CONCURRENCY);
  const plan = planSample(size, Date.now().toString(36), playableKinds(client.hasReviewer));

  if (!client.hasReviewer) narrator.say('  nobody reviews here: what would wait for a person is left out');
  const trial = await beginTrial(rules, narrator);
  let done = 0;
  const count = <Result>(result: Result): Result => {
    done += 1;
    narrator.progress(`${done} of ${size}`);
    return result;
  };
  const sent = await narrator.step(
    `sending ${size} checkouts`,
    () => Promise.all(plan.map((planned) => limit(async () => count(await sendCheckout(client, planned))))),
    () => `${size} checkouts sent, every answer in`,
  );
  done = 0;
  const followed = await narrator.step(
    'capturing, cancelling and refunding',
    () => Promise.all(sent.map((checkout) => limit(async () => count(await followUp(client, checkout))))),
    () => 'what was to be captured, cancelled or refunded is',
  );
  done = 0;
  const records = await narrator.step(
    'waiting for the books',
    () => Promise.all(followed.map((checkout) => limit(async () => count(await readRecord(client, checkout))))),
    () => 'webhooks delivered and booked',
  );

  const tried = await narrator.step(
    'making every decision again',
    () => endTrial(rules, trial),
    () => 'every decision made again',
  );

  const findings = { records, trialBalance: await client.trialBalance() };
  const invariants = [...checkInvariants(findings), checkRecomputation(tried.recomputation)];
  narrator.say(`\n${formatTrial(tried, addresses.console)}\n\n${formatReport(findings, invariants)}\n`);
  const broken = invariants.filter(({ violations }) => violations.length > 0);
  narrator.say(broken.length === 0 ? 'Every invariant held.' : `Broken: ${broken.map(({ name }) => name).join(', ')}.`);
  return broken.length === 0;
}
