import { expect, it } from '@jest/globals';
import { checkInvariants, integrityRun, reportFault, startStack, APPS_WITH_REVIEW } from '@tollgate/testing';

import { findReviewViolations } from './review-record.ts';
import { raceReviews } from './review-traffic.ts';

const run = integrityRun();
/** Each attempt gets two decisions at once. */
const DECISIONS = run.choose({ short: 100, quick: 300, full: 1_000 });

/** Time for a busy machine to show an attempt to its reviewers, and not much more to wait for. Milliseconds. */
const clocks = run.choose({
  short: { DECIDE_BY_MS: '5000', APPROVE_BY_MS: '7000', CALL_END_BY_MS: '9000' },
  quick: { DECIDE_BY_MS: '15000', APPROVE_BY_MS: '18000', CALL_END_BY_MS: '21000' },
  full: { DECIDE_BY_MS: '30000', APPROVE_BY_MS: '34000', CALL_END_BY_MS: '38000' },
});

const stack = await startStack(import.meta.url, { environment: clocks, running: APPS_WITH_REVIEW });

it(`of ${DECISIONS} decisions on reviews that race each other, the deadline and newer attempts, each attempt has one winner, nobody decides or votes on an order of their own, nothing is approved late`, async () => {
  const startedAt = performance.now();
  const races = await raceReviews(stack, {
    random: run.random('races of reviews'),
    attempts: DECISIONS / 2,
    inHandMax: run.choose({ short: 50, quick: 75, full: 100 }),
  });
  const violations = [
    ...(await findReviewViolations(stack, races)),
    ...(await checkInvariants(stack, { accepted: races.flatMap(({ accepted }) => accepted) })),
  ];
  const answers = Object.entries(
    Object.groupBy(
      races.flatMap((race) => race.answers),
      (answer) => answer.result,
    ),
  );
  reportFault({
    faultClass: 'reviews',
    scenario: 'two reviewers, the deadline, a newer attempt, the buyer',
    injected: races.length,
    checkouts: races.length,
    violations,
    seconds: (performance.now() - startedAt) / 1000,
    notes: answers.map(([result, each]) => `${each?.length ?? 0} decisions were answered ${result}`),
  });
  expect(violations).toEqual([]);
}, 900_000);
