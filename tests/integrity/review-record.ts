import { eventually, readEmulatorJournal } from '@tollgate/testing';
import type { Stack, Violation } from '@tollgate/testing';

import type { Race } from './review-traffic.ts';

/** A step as the audit log of approvals tells it. */
export interface LoggedStep {
  approval_id: string;
  change: string;
  actor: string;
  at: Date;
  decision: string;
  effect: string;
  facts: { requester: string; expiresAt: string; vote: { reviewer: string } | null };
}

/** Steps of which a review takes one, and after which nothing is decided. */
const ENDS = new Set(['decided', 'voided', 'expired', 'recalled']);
const SETTLED_WITHIN_MS = 60_000;

/** What the emulator's journal and the audit log say against the promises about reviews. */
export async function findReviewViolations(stack: Stack, races: readonly Race[]): Promise<Violation[]> {
  const steps = await readSettledLog(stack, races);
  const journal = await readEmulatorJournal(stack);
  const effects = Map.groupBy(
    journal.filter(({ kind }) => kind === 'EFFECT'),
    ({ attemptId }) => attemptId ?? '',
  );
  return races.flatMap((race) => {
    const logged = steps.get(race.approvalId) ?? [];
    const names = (effects.get(race.attemptId) ?? []).map(({ name }) => name);
    return findProblems(race, logged, names).map((problem): Violation => ({
      invariant: 'I4',
      subject: `${race.attemptId} (${race.rival})`,
      problem,
    }));
  });
}

/**
 * What the log of one review, and what the provider did, say against the promises.
 * @param effects names of the provider's effects on the attempt
 */
export function findProblems(race: Race, logged: readonly LoggedStep[], effects: readonly string[]): string[] {
  return [
    ...oneWinner(race, logged),
    ...nobodysOwn(race, logged),
    ...nothingLate(logged),
    ...asTheProviderSays(logged, effects),
  ];
}

/** The log once every decision has its effect. */
async function readSettledLog(stack: Stack, races: readonly Race[]): Promise<ReadonlyMap<string, LoggedStep[]>> {
  return eventually(
    async () => {
      const rows = await stack.query<LoggedStep>(
        `SELECT approval_id, change, actor, at, decision, effect, facts FROM {approvals}.audit_log
          WHERE approval_id = ANY ($1::uuid[]) ORDER BY approval_id, sequence`,
        [races.map(({ approvalId }) => approvalId)],
      );
      const steps = Map.groupBy(rows, ({ approval_id: id }) => id);
      const open = [...steps.values()].filter((each) => each.at(-1)?.effect === 'none');
      if (steps.size !== races.length || open.length > 0) {
        throw new Error(`${races.length - steps.size} reviews are not logged, ${open.length} have no effect yet`);
      }
      return steps;
    },
    { timeoutMs: SETTLED_WITHIN_MS, intervalMs: 250 },
  );
}

function oneWinner({ answers }: Race, logged: readonly LoggedStep[]): string[] {
  const ends = logged.filter(({ change }) => ENDS.has(change));
  const accepted = answers.filter(({ result }) => result === '200');
  const [end] = ends;
  return [
    ...(ends.length <= 1 ? [] : [`ended ${ends.length} times: ${ends.map(({ change }) => change).join(', ')}`]),
    ...(accepted.length <= 1 ? [] : [`${accepted.length} decisions were answered 200`]),
    ...(accepted.every(({ actor, decision }) => end?.actor === actor && end.decision === decision)
      ? []
      : [`a decision answered 200 is logged as ${end?.change ?? 'nothing'} by ${end?.actor ?? 'nobody'}`]),
    ...(end?.change === 'decided' && accepted.length === 0
      ? [`was decided by ${end.actor}, who was told otherwise`]
      : []),
  ];
}

/** Neither a decision nor a vote of whoever asked, or has a part in it, whoever the service took them for. */
function nobodysOwn({ barred }: Race, logged: readonly LoggedStep[]): string[] {
  return logged
    .filter(({ change, actor, facts }) => {
      const voter = facts.vote?.reviewer ?? (change === 'decided' ? actor : null);
      return voter !== null && [barred, facts.requester].includes(voter);
    })
    .map(({ change, actor }) => `was ${change} by ${actor}, whose own it is`);
}

function nothingLate(logged: readonly LoggedStep[]): string[] {
  return logged
    .filter(({ change, at, facts }) => change === 'decided' && at.getTime() >= Date.parse(facts.expiresAt))
    .map(({ at, facts }) => `was decided at ${at.toISOString()}, after ${facts.expiresAt}`);
}

/** A payment only where the log says that an approval took effect, and then always; never a payment and an abort. */
function asTheProviderSays(logged: readonly LoggedStep[], effects: readonly string[]): string[] {
  const last = logged.at(-1);
  const payments = effects.filter((name) => name === 'PAYMENT_CREATED').length;
  const aborts = effects.filter((name) => name === 'ATTEMPT_ABORTED').length;
  const isApplied = last?.decision === 'approved' && last.effect === 'applied';
  return [
    ...(payments + aborts > 1 ? [`has ${payments} payments and ${aborts} aborts at the provider`] : []),
    ...(payments === (isApplied ? 1 : 0)
      ? []
      : [`is ${last?.decision}, ${last?.effect}, and has ${payments} payments at the provider`]),
  ];
}
