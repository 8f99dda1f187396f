import { afterAll, expect, it } from '@jest/globals';
import { FAILPOINTS } from '@tollgate/platform';
import type { FailpointName } from '@tollgate/platform';
import { checkInvariants, integrityRun, reportFault, startStack } from '@tollgate/testing';

import { countAbsorbed } from './absorbed-duplicates.ts';
import { CrashDriver } from './crash-driver.ts';
import { planKills } from './crash-plan.ts';
import { startCrashTraffic } from './crash-traffic.ts';
import { UnreliableProvider } from './unreliable-provider.ts';

const run = integrityRun();
const random = run.random('crash points');
const KILLS_PER_POINT = run.choose({ short: 1, quick: 5, full: 20 });
const POINTS = Object.keys(FAILPOINTS) as FailpointName[];

const provider = new UnreliableProvider(run.random('unreliable provider'));
const stack = await startStack(import.meta.url, {
  environment: {
    // A life lasts a few seconds: everything that waits for a dead process waits for less.
    KAFKA_SESSION_TIMEOUT_MS: '1500',
    OUTBOX_GRACE_MS: '300',
    DECIDE_BY_MS: '15000',
    // Late enough for a lost answer to be asked for again: an approve that stays unknown until then is for a person.
    APPROVE_BY_MS: '60000',
    CALL_END_BY_MS: '65000',
  },
  environmentOf: {
    gateway: {
      PRIMER_API_URL: await provider.open(),
      GATEWAY_LEASE_MS: '1500',
      GATEWAY_APPROVE_TIMEOUT_MS: '3000',
      GATEWAY_ABORT_TIMEOUT_MS: '3000',
      GATEWAY_READ_TIMEOUT_MS: '3000',
      GATEWAY_DUE_POLL_MS: '200',
      GATEWAY_RETRY_PAUSE_MS: '100',
      GATEWAY_RETRY_PAUSE_MS_MAX: '1000',
      GATEWAY_NONE_COUNTS_AFTER_MS: '5000',
    },
    ledger: {
      SWEEP_EARLY_READS_MS: '1000,5000',
      SWEEP_LIST_EVERY_MS: '500',
      SWEEP_LIST_OVERLAP_MS: '15000',
      SWEEP_POLL_MS: '200',
      SWEEP_CALL_TIMEOUT_MS: '2000',
      SWEEP_LEASE_MS: '3000',
    },
  },
});
provider.pointAt(stack.services.sandbox.url);
afterAll(() => provider.close());

it(`dying ${KILLS_PER_POINT} times at each of ${POINTS.length} points between two side effects breaks no promise`, async () => {
  const startedAt = performance.now();
  const absorbed = countAbsorbed(stack);
  const driver = new CrashDriver(stack, KILLS_PER_POINT);
  const traffic = await startCrashTraffic(stack, random);

  await driver.killAll(planKills(KILLS_PER_POINT, random));
  provider.mend();
  const story = await traffic.stop();
  const violations = await checkInvariants(stack, story);

  const kills = POINTS.map((point) => ({ point, kills: driver.kills.get(point) ?? 0 }));
  reportFault({
    faultClass: 'crash points',
    scenario: 'kill -9 at every point between two side effects',
    injected: kills.reduce((sum, each) => sum + each.kills, 0),
    checkouts: story.accepted.length,
    duplicateExecutions: await absorbed.stop(),
    duplicateEffects: violations.filter(({ invariant }) => invariant === 'I3' || invariant === 'I4').length,
    violations,
    seconds: (performance.now() - startedAt) / 1_000,
    notes: kills.map((each) => `${each.point}: ${each.kills} kills (${FAILPOINTS[each.point]})`),
  });
  expect(kills.filter((each) => each.kills < KILLS_PER_POINT)).toEqual([]);
  expect(violations).toEqual([]);
}, 1_500_000);
