import { z } from 'zod';
import { outsideId, paymentAttemptId } from '../ids.ts';
import { listOf } from './operations.ts';
import { ruleSetActor, ruleSetVersion } from './rule-sets.ts';

const instant = z.iso.datetime({ offset: true });
const count = z.int().nonnegative();

/** A range of time, the end not included. Absent: the last day, up to now. */
const timeRange = { from: instant.optional(), to: instant.optional() };

/** Whether a recorded decision comes out the same again: `GET /v1/decisions/{attemptId}/recompute`. */
export const recomputedAnswer = z
  .object({
    merchantId: outsideId,
    paymentAttemptId,
    version: z.string().meta({ description: 'Of the rule set that decided' }),
    isSame: z.boolean(),
    recorded: z.string().meta({ description: 'Decision and evaluation as recorded, in canonical JSON (RFC 8785)' }),
    recomputed: z.string().meta({ description: 'The same, made again from the recorded features and the rule set' }),
  })
  .meta({ id: 'RecomputedDecision' });
export type RecomputedAnswer = z.infer<typeof recomputedAnswer>;

export const recomputedExample: RecomputedAnswer = {
  merchantId: 'demo-shop',
  paymentAttemptId: '6c5d3a30-3c2e-4f55-9d8e-5b3d5e3a5c7f',
  version: '6266fd6c7b24fc4df87c360cfb9eb2fcd4bcf1462bbe1a993738a3f4bdb96dac',
  isSame: true,
  recorded: '{"decision":"APPROVE","evaluation":{},"reason":"no-rule-matched"}',
  recomputed: '{"decision":"APPROVE","evaluation":{},"reason":"no-rule-matched"}',
};

/** Query of `GET /v1/decisions/recomputation`. */
export const recomputationQuery = z.object({ ...timeRange, merchantId: outsideId.optional() });
export type RecomputationQuery = z.output<typeof recomputationQuery>;

/** All decisions of a range of time computed again: `GET /v1/decisions/recomputation`. */
export const recomputationAnswer = z
  .object({
    from: instant,
    to: instant,
    decisions: count,
    same: count,
    different: count,
    unknownVersion: count.meta({
      description: 'Decided by a set that is not kept here, or that this release cannot evaluate',
    }),
    examples: z.array(paymentAttemptId).meta({ description: 'The first that came out different' }),
  })
  .meta({ id: 'Recomputation' });
export type RecomputationAnswer = z.infer<typeof recomputationAnswer>;

export const recomputationExample: RecomputationAnswer = {
  from: '2026-11-20T09:00:00.000Z',
  to: '2026-11-21T09:00:00.000Z',
  decisions: 1204,
  same: 1204,
  different: 0,
  unknownVersion: 0,
  examples: [],
};

const amounts = z
  .record(z.string(), z.string())
  .meta({ description: 'Sum of the attempts’ amounts by currency, in minor units' });

const flip = z.object({
  from: z.string().meta({ description: 'What was decided' }),
  to: z.string().meta({ description: 'What this set says' }),
  attempts: count,
  amounts,
});

const ruleFigures = z.object({
  rule: z.string(),
  hits: count,
  errors: count.meta({ description: 'Times it could not be evaluated' }),
});

const flippedExample = z.object({
  merchantId: outsideId,
  paymentAttemptId,
  from: z.string(),
  to: z.string(),
  reason: z.string().meta({ description: 'Why, by this set' }),
});

const flipExample: z.infer<typeof flip> = {
  ...{ from: 'APPROVE', to: 'REVIEW', attempts: 12, amounts: { EUR: '1250000' } },
};

/** Query of `GET /v1/rulesets/{version}/differences`. */
export const differencesQuery = z.object(timeRange);
export type DifferencesQuery = z.output<typeof differencesQuery>;

/** Where a set in the shadow differs from what was decided. */
export const differencesAnswer = z
  .object({
    version: z.string(),
    from: instant,
    to: instant,
    attempts: count.meta({ description: 'That both have seen' }),
    different: count,
    decisions: z.array(flip).meta({ description: 'Every pair, the same ones too' }),
    rules: z.array(ruleFigures),
    examples: z.array(flippedExample).meta({ description: 'The newest that differ' }),
  })
  .meta({ id: 'RuleSetDifferences' });
export type DifferencesAnswer = z.infer<typeof differencesAnswer>;

export const differencesExample: DifferencesAnswer = {
  version: recomputedExample.version,
  from: recomputationExample.from,
  to: recomputationExample.to,
  attempts: 1204,
  different: 12,
  decisions: [flipExample],
  rules: [{ rule: 'not-small', hits: 12, errors: 0 }],
  examples: [],
};

/** From what a backtest takes its features. */
export const BACKTEST_SOURCES = ['decisions', 'topic'] as const;
export type BacktestSource = (typeof BACKTEST_SOURCES)[number];

/** Body of `POST /v1/backtests`. */
export const backtestInput = z
  .strictObject({
    version: ruleSetVersion,
    ...timeRange,
    merchantId: outsideId.optional(),
    source: z
      .enum(BACKTEST_SOURCES)
      .default('decisions')
      .meta({
        description:
          'decisions: the features that were recorded with each decision. topic: the attempts as they lie on their topic, ' +
          "with every velocity counted anew in the topic's order; lists and history as recorded",
      }),
  })
  .meta({ id: 'BacktestInput' });
export type BacktestInput = z.infer<typeof backtestInput>;

/** What can become of an attempt that was let through. `kept` excludes the others; a payment can be refunded and disputed. */
export const FATES = ['kept', 'declined', 'refunded', 'disputed'] as const;

const fateSum = z.object({ attempts: count, amounts });
export type FateSum = z.infer<typeof fateSum>;

/** What became of attempts that were let through, where that is known. */
const fateFigures = z.object({
  known: count.meta({ description: 'Attempts whose fate is known' }),
  kept: fateSum.meta({ description: 'Authorised, and nothing of it went back' }),
  declined: fateSum,
  refunded: fateSum.meta({ description: 'In whole or in part' }),
  disputed: fateSum,
});

/** The same for the attempts that a rule hit; none of a rule that only has a score. */
const ruleFateFigures = fateFigures.extend({
  right: count.meta({ description: 'Of the known: aborts and reviews of what went bad, approves of what was kept' }),
  rightAmounts: amounts,
});

/** How velocities were counted anew. */
const replayFigures = z.object({
  countedFrom: instant.nullable().meta({ description: 'Receipt of the first attempt that was counted; null: of none' }),
  counted: count.meta({ description: 'Attempts that were counted, those ahead of the range too' }),
  leftOut: count.meta({ description: 'Announcements on which nothing was decided here: refused, or still waiting' }),
  compared: count.meta({ description: 'Velocities of the range that were recorded then as well' }),
  same: count.meta({ description: 'Of them: counted the same now. Others were handled in another order then' }),
});

/** What a candidate says about decisions that were recorded. */
export const backtestResult = z.object({
  attempts: count,
  different: count,
  decisions: z.array(flip.extend({ fate: fateFigures })).meta({ description: 'Every pair, the same ones too' }),
  rules: z.array(ruleFigures.extend({ then: z.string(), fate: ruleFateFigures })),
  examples: z.array(flippedExample),
  replay: replayFigures.nullable().meta({ description: 'Of the topic alone' }),
  milliseconds: count,
  attemptsPerSecond: count,
});
export type BacktestResult = z.infer<typeof backtestResult>;

/** A backtest: `GET /v1/backtests/{id}`. */
export const backtestAnswer = z
  .object({
    id: z.uuid(),
    version: z.string(),
    name: z.string(),
    from: instant,
    to: instant,
    merchantId: outsideId.nullable(),
    source: z.string().meta({ description: 'decisions or topic' }),
    status: z.string().meta({ description: 'running, done, failed, or lost with the process that ran it' }),
    requestedAt: instant,
    requestedBy: ruleSetActor,
    attemptsRead: count,
    result: backtestResult.nullable(),
    problem: z.string().nullable(),
  })
  .meta({ id: 'Backtest' });
export type BacktestAnswer = z.infer<typeof backtestAnswer>;

export const backtestListAnswer = listOf(backtestAnswer);

const fateExample: z.infer<typeof fateFigures> = {
  known: 4,
  kept: { attempts: 3, amounts: { EUR: '330000' } },
  declined: { attempts: 0, amounts: {} },
  refunded: { attempts: 0, amounts: {} },
  disputed: { attempts: 1, amounts: { EUR: '120000' } },
};

export const backtestExample: BacktestAnswer = {
  id: '0b7f6f39-6f35-4d3c-9d0e-0f8a4c3b2a19',
  version: recomputedExample.version,
  name: 'candidate',
  from: recomputationExample.from,
  to: recomputationExample.to,
  merchantId: null,
  source: 'decisions',
  status: 'done',
  requestedAt: '2026-11-21T09:00:00.000Z',
  requestedBy: { kind: 'operator', personId: null, displayName: 'operator' },
  attemptsRead: 1204,
  result: {
    attempts: 1204,
    different: 12,
    decisions: [{ ...flipExample, fate: fateExample }],
    rules: [
      {
        ...{ rule: 'not-small', then: 'review', hits: 12, errors: 0 },
        fate: { ...fateExample, right: 1, rightAmounts: { EUR: '120000' } },
      },
    ],
    examples: [],
    replay: null,
    milliseconds: 40,
    attemptsPerSecond: 30100,
  },
  problem: null,
};
