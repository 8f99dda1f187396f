import { z } from 'zod';
import { differencesExample, differencesQuery } from './rule-trials.ts';

const instant = z.iso.datetime({ offset: true });
const count = z.int().nonnegative();

/** Query of `GET /v1/rulesets/{version}/hits`: the range of a set's differences, absent the last day. */
export const ruleSetHitsQuery = differencesQuery;
export type RuleSetHitsQuery = z.output<typeof ruleSetHitsQuery>;

/** How often each rule of a set hit, on the attempts that the set has seen: live, or in the shadow. */
export const ruleSetHitsAnswer = z
  .object({
    version: z.string(),
    from: instant,
    to: instant,
    attempts: count.meta({ description: 'That the set has seen' }),
    withoutHit: count.meta({ description: 'Of them: those that its default was for' }),
    decisions: z.array(z.object({ decision: z.string(), attempts: count })).meta({ description: 'What it said' }),
    rules: z.array(
      z.object({
        rule: z.string(),
        hits: count.meta({ description: 'The overruled too' }),
        errors: count.meta({ description: 'Times it could not be evaluated' }),
      }),
    ),
  })
  .meta({ id: 'RuleSetHits' });
export type RuleSetHitsAnswer = z.infer<typeof ruleSetHitsAnswer>;

export const ruleSetHitsExample: RuleSetHitsAnswer = {
  version: differencesExample.version,
  from: differencesExample.from,
  to: differencesExample.to,
  attempts: 1204,
  withoutHit: 1192,
  decisions: [
    { decision: 'APPROVE', attempts: 1192 },
    { decision: 'ABORT', attempts: 12 },
  ],
  rules: [{ rule: 'refused-bin', hits: 12, errors: 0 }],
};
