import type { AttemptDecidedData, RiskDecisionAnswer } from '@tollgate/contracts';
import type { FeatureSnapshot } from '../features/feature.policy.ts';
import { evaluate, toRuleEvaluation } from '../rule-sets/evaluation.policy.ts';
import type { Standing, StandingRuleSet } from '../rule-sets/rule-set-life.types.ts';
import type { Verdict } from '../rule-sets/rule-set.types.ts';
import type { AttemptToDecide, Decision, DecisionRow } from './decision.types.ts';

/** Decides one attempt. Pure: the same rule sets, attempt and snapshot give the same bytes. */
export function decide(
  { live, shadows }: Pick<Standing, 'live' | 'shadows'>,
  announced: AttemptToDecide,
  features: FeatureSnapshot,
): Decision {
  const verdict = evaluate(live.ruleSet, features);
  return {
    ...announced,
    verdict,
    evaluation: toRuleEvaluation(live.ruleSet, features, verdict),
    people: peopleBehind(live, verdict),
    shadows: shadows.map(({ id, ruleSet }) => ({ ruleSetId: id, verdict: evaluate(ruleSet, features) })),
  };
}

/** Those behind the set, and those behind a rule of it that hit: none of them may review what it holds back. */
function peopleBehind({ people, peopleByRule }: StandingRuleSet, { hits }: Verdict): readonly string[] {
  return [...new Set([...people, ...hits.flatMap(({ rule }) => peopleByRule.get(rule) ?? [])])];
}

/** The decision as the other services hear of it. */
export function toAttemptDecided(decision: Decision, decidedAt: Date): AttemptDecidedData {
  const { attempt, clocks, verdict, evaluation } = decision;
  const { analyticsId } = attempt.paymentMethod;
  return {
    merchantId: attempt.merchantId,
    paymentAttemptId: attempt.paymentAttemptId,
    clientSessionId: attempt.clientSessionId,
    decision: verdict.decision,
    source: 'rules',
    reason: verdict.reason,
    decidedAt: decidedAt.toISOString(),
    order: {
      orderId: attempt.order.orderId,
      amountMinor: attempt.order.amountMinor,
      currency: attempt.order.currency,
    },
    ...(analyticsId === undefined ? {} : { analyticsId }),
    clocks,
    evaluation,
    ...(verdict.decision === 'REVIEW' ? toReviewPart(decision) : {}),
  };
}

/** What a review needs: the card to be shown, and who may not review it. */
function toReviewPart({ attempt, people }: Decision): Pick<AttemptDecidedData, 'card' | 'involved'> {
  const { bin, last4, network } = attempt.paymentMethod;
  const involved = [...new Set([...people, ...(attempt.postedBy === undefined ? [] : [attempt.postedBy])])];
  return {
    card: {
      ...(bin === undefined ? {} : { bin }),
      ...(last4 === undefined ? {} : { last4 }),
      ...(network === undefined ? {} : { network }),
    },
    ...(involved.length === 0 ? {} : { involved }),
  };
}

/** The decision as operators see it. */
export function toDecisionAnswer(row: DecisionRow): RiskDecisionAnswer {
  return {
    merchantId: row.merchant_id,
    paymentAttemptId: row.attempt_id,
    clientSessionId: row.client_session_id,
    order: { orderId: row.order_id, amount: { amountMinor: row.amount_minor, currency: row.currency } },
    decision: row.decision,
    reason: row.reason,
    decidedAt: row.decided_at.toISOString(),
    clocks: {
      receivedAt: row.received_at.toISOString(),
      decideBy: row.decide_by.toISOString(),
      approveBy: row.approve_by.toISOString(),
      expiresAt: row.expires_at.toISOString(),
    },
    evaluation: {
      ruleSet: row.rule_set,
      version: row.rule_set_version,
      digest: row.rule_set_digest,
      hits: [...row.hits],
      features: row.features,
    },
  };
}
