import { expect, it } from '@jest/globals';
import {
  checkInvariants,
  countDuplicateEffects,
  eventually,
  integrityRun,
  reportFault,
  startStack,
} from '@tollgate/testing';
import type { Accepted } from '@tollgate/testing';

import { countAbsorbed } from './absorbed-duplicates.ts';
import { putOperatorOnDuty } from './operator-on-duty.ts';
import { BadDay, CURSED_ATTEMPTS } from './provider-bad-day.ts';
import { sendAttempts } from './provider-traffic.ts';

const run = integrityRun();
const ATTEMPTS = run.choose({ short: 1_000, quick: 2_000, full: 10_000 });
/** Of the provider's calls, those that go wrong. */
const SHARE = 0.2;

/** The product's own settings at full scale; elsewhere what only passes time is shorter. Milliseconds. */
const SETTINGS = run.choose({
  short: {
    environment: { DECIDE_BY_MS: '6000', APPROVE_BY_MS: '7000', CALL_END_BY_MS: '9000' },
    environmentOf: { gateway: patience(1_500, 4_000), ledger: sweeping(2_000) },
  },
  quick: {
    environment: { DECIDE_BY_MS: '30000', APPROVE_BY_MS: '33000', CALL_END_BY_MS: '37000' },
    environmentOf: { gateway: patience(3_000, 10_000), ledger: sweeping(5_000) },
  },
  // Payments that are found late would else be read back, and reported, until long after the last unknown outcome is known.
  full: { environmentOf: { ledger: { SWEEP_EARLY_READS_MS: '5000,600000' } } },
});
const TIMING = run.choose({
  short: { hangMs: 3_000, slowMs: 500, listLagMs: 1_500 },
  quick: { hangMs: 8_000, slowMs: 1_000, listLagMs: 4_000 },
  full: { hangMs: 90_000, slowMs: 5_000, listLagMs: 60_000 },
});
/** I10, of what only the list can tell: it may lag by a minute, so that "none" counts after more than two. Milliseconds. */
const LIST_ONLY_MS_MAX = 180_000;
/** All cursed attempts are at the gate and past their clocks by then. Milliseconds. */
const FENCED_WITHIN_MS = 120_000;

const stack = await startStack(import.meta.url, SETTINGS);

it(`of ${ATTEMPTS} attempts while a fifth of the provider's calls go wrong none is paid twice, none both paid and aborted, none stuck`, async () => {
  const startedAt = performance.now();
  const absorbed = countAbsorbed(stack);
  const badDay = new BadDay(stack);
  await badDay.begin(TIMING, { share: SHARE, seed: run.seed % 2 ** 31 });
  const cursed = await sendCursed(badDay);
  const accepted = [
    ...cursed,
    ...(await sendAttempts(stack, {
      random: run.random('traffic on a bad day'),
      attempts: ATTEMPTS - CURSED_ATTEMPTS,
      concurrency: run.choose({ short: 96, quick: 48, full: 96 }),
      waitSeconds: run.choose({ short: 1, quick: 2, full: 5 }),
    })),
  ];
  await eventually(() => assertFenced(cursed), { timeoutMs: FENCED_WITHIN_MS, intervalMs: 250 });

  const { strikes, calls } = await badDay.end();
  const endedAt = performance.now();
  const operator = putOperatorOnDuty(stack);
  const violations = await checkInvariants(stack, { accepted }, { listOnlyTimeoutMs: LIST_ONLY_MS_MAX });
  const closedByOperator = await operator.stop();

  const injected = Object.values(strikes).reduce((sum, count) => sum + count, 0);
  reportFault({
    faultClass: 'provider',
    scenario: `a bad day: ${ATTEMPTS} attempts, a fifth of the calls`,
    injected,
    checkouts: accepted.length,
    duplicateExecutions: await absorbed.stop(),
    duplicateEffects: await countDuplicateEffects(stack),
    violations,
    seconds: (performance.now() - startedAt) / 1_000,
    notes: [
      `${injected} of ${calls} calls went wrong: ${JSON.stringify(strikes)}`,
      `from the end of the faults until nothing was left over: ${((performance.now() - endedAt) / 1_000).toFixed(0)} s`,
      `closed by an operator, because Primer had refused the fence and showed no payment: ${closedByOperator}`,
      `outcomes: ${JSON.stringify(await countOutcomes())}`,
    ],
  });
  expect(violations).toEqual([]);
  expect(Object.entries(strikes).filter(([, count]) => count === 0)).toEqual([]);
}, 900_000);

/** Attempts of whose approve the gate hears nothing until the bad day is over. */
async function sendCursed(badDay: BadDay): Promise<Accepted[]> {
  const attempts = Array.from({ length: CURSED_ATTEMPTS }, async (_, curse) => {
    const checkout = await stack.shop.beginCheckout();
    const { paymentAttemptId: attemptId } = checkout;
    await badDay.curse(attemptId, curse);
    await eventually(async () => expect((await stack.shop.post(checkout)).status).toBeLessThan(300));
    return { attemptId };
  });
  return Promise.all(attempts);
}

/** None of them waits for its clock any more. */
async function assertFenced(cursed: readonly Accepted[]): Promise<void> {
  const [row] = await stack.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM {gateway}.attempt_action
      WHERE attempt_id = ANY ($1::uuid[]) AND (abort_calls > 0 OR looking_since IS NOT NULL OR concluded_at IS NOT NULL)`,
    [cursed.map(({ attemptId }) => attemptId)],
  );
  expect(row?.count).toBe(cursed.length);
}

async function countOutcomes(): Promise<Record<string, number>> {
  const rows = await stack.query<{ outcome: string; count: number }>(
    `SELECT state || ' ' || coalesce(outcome_reason, '') AS outcome, count(*)::int AS count
       FROM {gateway}.attempt_action GROUP BY 1 ORDER BY 2 DESC`,
  );
  return Object.fromEntries(rows.map(({ outcome, count }) => [outcome, count]));
}

function patience(callMs: number, noneCountsAfterMs: number): Record<string, string> {
  return {
    GATEWAY_APPROVE_TIMEOUT_MS: String(callMs),
    GATEWAY_ABORT_TIMEOUT_MS: String(callMs),
    GATEWAY_READ_TIMEOUT_MS: String(callMs),
    GATEWAY_NONE_COUNTS_AFTER_MS: String(noneCountsAfterMs),
  };
}

/** The ledger reads back soon what webhooks have missed. */
function sweeping(everyMs: number): Record<string, string> {
  return {
    SWEEP_EARLY_READS_MS: `${everyMs},${3 * everyMs}`,
    SWEEP_LIST_EVERY_MS: String(everyMs),
    SWEEP_CALL_TIMEOUT_MS: String(everyMs),
  };
}
