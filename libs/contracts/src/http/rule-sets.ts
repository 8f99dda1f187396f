import { z } from 'zod';
import { reasonSlug } from '../events/attempt-decided.event.ts';
import { listOf } from './operations.ts';

const verdictWord = z.string().meta({ description: 'approve, review or abort' });

/** A rule set with where it stands in its life: `GET /v1/rulesets`. */
export const ruleSetAnswer = z
  .object({
    version: z.string().meta({ description: 'SHA-256 over the canonical JSON (RFC 8785) of the document' }),
    name: z.string(),
    status: z.string().meta({ description: 'draft, shadow, live (its decisions take effect) or retired' }),
    description: z.string().nullable(),
    parameters: z.record(z.string(), z.unknown()),
    velocity: z.array(
      z.object({
        name: z.string(),
        by: z.string(),
        measure: z.string().optional().meta({ description: 'count, sum or distinct; absent: count' }),
        of: z.string().optional().meta({ description: 'What a distinct tells apart' }),
        windowSeconds: z.int(),
        limit: z.int(),
      }),
    ),
    rules: z.array(
      z.object({
        name: z.string(),
        description: z.string().nullable(),
        when: z.string().meta({ description: 'A CEL expression' }),
        then: verdictWord.nullable().meta({ description: 'null: the rule only has a score' }),
        mandatory: z.boolean(),
        reason: reasonSlug,
        score: z.int().nullable(),
      }),
    ),
    scores: z.object({ review: z.int().nullable(), abort: z.int().nullable() }),
    default: z.object({ then: verdictWord, reason: reasonSlug }),
  })
  .meta({ id: 'RuleSet' });
export type RuleSetAnswer = z.infer<typeof ruleSetAnswer>;

export const ruleSetListAnswer = listOf(ruleSetAnswer);

export const ruleSetExample: RuleSetAnswer = {
  version: '6266fd6c7b24fc4df87c360cfb9eb2fcd4bcf1462bbe1a993738a3f4bdb96dac',
  name: 'default',
  status: 'live',
  description: 'Approves ordinary attempts; refuses what is listed, too large or too frequent.',
  parameters: { refusedBins: ['999999'] },
  velocity: [{ name: 'customerAttempts', by: 'customer', windowSeconds: 600, limit: 20 }],
  rules: [
    {
      name: 'refused-bin',
      description: null,
      when: 'card.bin in parameters.refusedBins',
      then: 'abort',
      mandatory: false,
      reason: 'card-refused',
      score: null,
    },
  ],
  scores: { review: null, abort: null },
  default: { then: 'approve', reason: 'no-rule-matched' },
};

export const ruleSetListExample: z.infer<typeof ruleSetListAnswer> = { data: [ruleSetExample], nextCursor: null };
