import { z } from 'zod';
import { attemptClocks } from '../clocks.ts';
import { outsideId, paymentAttemptId } from '../ids.ts';
import { knownCurrency, nonNegativeAmountMinorText } from '../money.ts';
import type { EventDefinition } from './envelope.ts';

/** APPROVE and ABORT are terminal; REVIEW asks for a person and never takes the gate's row. */
export const decisionKind = z.enum(['APPROVE', 'ABORT', 'REVIEW']);
export type DecisionKind = z.infer<typeof decisionKind>;

export const DECISION_SOURCES = ['rules', 'reviewer', 'deadline', 'merchant', 'operator'] as const;
export type DecisionSource = (typeof DECISION_SOURCES)[number];

/** Every reason a decision may carry; an ABORT's is sent to Primer, so it is never free text. */
export const REASONS = [
  'no-rule-matched',
  'allow-listed',
  'rule-matched',
  'score-reached',
  'block-listed',
  'velocity-exceeded',
  'amount-limit',
  'country-refused',
  'card-refused',
  'review-required',
  'reviewer-approved',
  'reviewer-rejected',
  'deadline-passed',
  'decided-late',
  'superseded',
  'order-already-paid',
  'customer-left',
  'out-of-stock',
  'order-changed',
  'fraud-suspected',
  'merchant-request',
  'operator-request',
  'approve-unconfirmed',
  'session-mismatch',
] as const;
export type Reason = (typeof REASONS)[number];

/** A slug; open on the reading side, {@link REASONS} on the writing side. */
export const reasonSlug = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/)
  .max(64);

/** What of the order a decision was made about, so that the gateway can compare it with the payment. */
export const decidedOrder = z.object({
  orderId: outsideId,
  amountMinor: nonNegativeAmountMinorText,
  currency: knownCurrency,
});
export type DecidedOrder = z.infer<typeof decidedOrder>;

/** What a rule set saw and said, so that the same inputs give the same bytes again. Operators only. */
export const ruleEvaluation = z.object({
  ruleSet: z.string().max(128),
  version: z.string().max(128).meta({ description: 'SHA-256 over the canonical JSON (RFC 8785) of the rule set' }),
  digest: z.string().max(128).meta({ description: 'The same as `version`' }),
  hits: z.array(
    z.object({
      rule: z.string().max(128),
      decision: z
        .string()
        .max(16)
        .meta({ description: 'APPROVE, ABORT, REVIEW, or SCORE of a rule with a score alone' }),
      reason: reasonSlug,
      score: z.int().optional(),
      error: z.string().max(64).optional().meta({ description: 'Why the rule could not be evaluated' }),
    }),
  ),
  score: z.int().optional().meta({ description: 'Sum of the scores of all rules that hit; absent: 0' }),
  features: z.record(z.string(), z.unknown()),
});
export type RuleEvaluation = z.infer<typeof ruleEvaluation>;

/** What a reviewer is shown of the card; asserted by the browser, never more than this. */
export const reviewedCard = z.object({
  bin: z.string().max(8).optional(),
  last4: z.string().max(4).optional(),
  network: z.string().max(64).optional(),
});
export type ReviewedCard = z.infer<typeof reviewedCard>;

/** So many people may have had a part in one rule set; more are a mistake. */
const INVOLVED_MAX = 256;

export const attemptDecided = z
  .object({
    merchantId: outsideId,
    paymentAttemptId,
    clientSessionId: outsideId,
    decision: decisionKind,
    source: z
      .string()
      .max(32)
      .meta({ description: `One of ${DECISION_SOURCES.join(', ')}; open on the reading side` }),
    reason: reasonSlug,
    decidedAt: z.iso.datetime({ offset: true }),
    decidedBy: z.string().max(256).optional(),
    order: decidedOrder,
    analyticsId: outsideId.optional(),
    clocks: attemptClocks,
    supersededBy: paymentAttemptId.optional().meta({ description: 'The newer attempt of the same client session' }),
    evaluation: ruleEvaluation.optional(),
    card: reviewedCard.optional().meta({ description: 'Of a REVIEW: what the reviewer is shown' }),
    involved: z.array(z.string().max(256)).max(INVOLVED_MAX).optional().meta({
      description:
        'Of a REVIEW: who wrote, proposed or promoted the rules, or handed the attempt in, by person id or e-mail address',
    }),
    shadowEvaluations: z.array(ruleEvaluation).optional(),
  })
  .meta({ id: 'AttemptDecided' });
export type AttemptDecidedData = z.infer<typeof attemptDecided>;

/** Somebody or something has decided about an attempt. The first terminal one that the gateway commits wins. */
export const AttemptDecided: EventDefinition<AttemptDecidedData> = {
  topic: 'decisions',
  type: 'tollgate.attempt.decided.v1',
  title: 'An attempt was decided: approve, abort, or let a person review it',
  schema: attemptDecided,
  keyOf: (data) => data.paymentAttemptId,
};
