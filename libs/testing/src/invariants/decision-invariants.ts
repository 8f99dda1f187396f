import { isDeepStrictEqual } from 'node:util';

import { AttemptDecided } from '@tollgate/contracts';
import type { AttemptDecidedData } from '@tollgate/contracts';

import { liveRecords } from './records.ts';
import type { RuleDecision, Violation, World } from './world.types.ts';

/** As which source risk publishes. */
const RISK_SOURCE = '/tollgate/risk';

/** I11: what the rules decided comes out the same again, and what was announced is what was recorded. */
export function violationsOfDecisions(world: World): Violation[] {
  return [...differentAgain(world.recomputation), ...announcedOtherwise(world)];
}

/** Risk makes them again from their features and the rule set of their version. */
export function differentAgain({ different, unknownVersion }: World['recomputation']): Violation[] {
  const again = different.map((attemptId): Violation => {
    return { invariant: 'I11', subject: attemptId, problem: 'comes out different when it is decided again' };
  });
  const problem = `${unknownVersion} decisions were made by rule sets that are not kept`;
  return unknownVersion === 0 ? again : [...again, { invariant: 'I11', subject: 'risk', problem }];
}

function announcedOtherwise(world: World): Violation[] {
  const recorded = new Map(world.ruleDecisions.map((each) => [keyOf(each), each]));
  const conflicts = world.expectedDeadLetters.filter(({ code }) => code === 'EVENT_ID_CONFLICT');
  const planted = new Set(conflicts.map(({ eventId }) => eventId));
  const announced = liveRecords(world).filter(
    ({ headers }) =>
      headers.ce_type === AttemptDecided.type && headers.ce_source === RISK_SOURCE && !planted.has(headers.ce_id),
  );
  return announced.flatMap(({ value }): Violation[] => {
    const { merchantId, paymentAttemptId, decision, reason, evaluation } = JSON.parse(
      value ?? '',
    ) as AttemptDecidedData;
    const told = { merchantId, paymentAttemptId, decision, reason, evaluation };
    if (isDeepStrictEqual(told, recorded.get(keyOf(told)))) return [];
    return [{ invariant: 'I11', subject: paymentAttemptId, problem: 'was announced otherwise than it is recorded' }];
  });
}

function keyOf({ merchantId, paymentAttemptId }: Pick<RuleDecision, 'merchantId' | 'paymentAttemptId'>): string {
  return `${paymentAttemptId} ${merchantId}`;
}
