import { z } from 'zod';
import { outsideText, REASONS } from '@tollgate/contracts';
import { VELOCITY_LIMITS, velocityDefinition } from '../velocity/velocity.schema.ts';

/** Limits of a rule set, so that a mistake in a file cannot become a slow or a huge one at run time. */
export const RULE_SET_LIMITS = {
  rules: 500,
  velocities: VELOCITY_LIMITS.perRuleSet,
  parameters: 100,
  parameterEntries: 10_000,
  /** Characters of one condition. */
  condition: 2_000,
  score: 1_000,
} as const;

/** Names that conditions use: they must be identifiers of CEL. */
const identifier = z.string().regex(/^[a-z][A-Za-z0-9]{0,63}$/, { error: 'a camelCase name expected' });

const kebabName = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, { error: 'a kebab-case name expected' })
  .max(128);

const parameter = z.union(
  [
    z.int(),
    z.boolean(),
    outsideText(1_000),
    z.array(outsideText(1_000)).max(RULE_SET_LIMITS.parameterEntries),
    z
      .record(z.string().max(256), z.int())
      .refine((entries) => Object.keys(entries).length <= RULE_SET_LIMITS.parameterEntries, {
        error: `at most ${RULE_SET_LIMITS.parameterEntries} entries`,
      }),
  ],
  { error: 'a whole number, true or false, a text, a list of texts or a map of whole numbers expected' },
);

/** What a rule can ask for. */
const verdictWord = z.enum(['approve', 'review', 'abort'], { error: 'approve, review or abort expected' });

const rule = z
  .strictObject({
    name: kebabName,
    description: outsideText(1_000).optional(),
    when: z.string().min(1).max(RULE_SET_LIMITS.condition),
    then: verdictWord.optional(),
    mandatory: z.literal(true).optional().meta({ description: 'An abort that no approve overrules' }),
    reason: z.enum(REASONS),
    score: z.int().min(-RULE_SET_LIMITS.score).max(RULE_SET_LIMITS.score).optional(),
  })
  .superRefine(({ then, mandatory, score }, context) => {
    const refuse = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (then === undefined && score === undefined) refuse('then', 'a rule says what then follows, or has a score');
    if (mandatory === true && then !== 'abort') refuse('mandatory', 'only an abort can be mandatory');
  });

/** What a rule that names the history of a card, or of a customer, does about an attempt that names none. */
const historyUse = z
  .strictObject({ whenUnknown: z.enum(['review', 'ignore'], { error: 'review or ignore expected' }) })
  .meta({
    description:
      'review: a person looks, so that nobody gets by with leaving out what they are known by; ignore: such a rule does ' +
      'not hold. Every new document says which for each that its rules name; absent, in those from before: ignore',
  });

const scores = z
  .strictObject({ review: z.int().min(1).optional(), abort: z.int().min(1).optional() })
  .refine(({ review, abort }) => review === undefined || abort === undefined || review < abort, {
    path: ['review'],
    error: 'the sum that asks for a review has to lie below the one that aborts',
  });

/** A rule set as it is written down: config/rulesets/default.yaml explains each part. */
export const ruleSetDocument = z
  .strictObject({
    name: kebabName,
    description: outsideText(2_000).optional(),
    parameters: z.record(identifier, parameter).default({}),
    velocity: z.array(velocityDefinition).max(RULE_SET_LIMITS.velocities).default([]),
    history: z.strictObject({ card: historyUse.optional(), customer: historyUse.optional() }).default({}),
    rules: z.array(rule).max(RULE_SET_LIMITS.rules),
    scores: scores.default({}),
    default: z.strictObject({ then: verdictWord, reason: z.enum(REASONS) }),
  })
  .superRefine((document, context) => {
    refuseDuplicates(
      document.rules.map((entry) => entry.name),
      (index, name) =>
        context.addIssue({
          code: 'custom',
          path: ['rules', index, 'name'],
          message: `"${name}" is taken by another rule`,
        }),
    );
    refuseDuplicates(
      document.velocity.map((entry) => entry.name),
      (index, name) =>
        context.addIssue({ code: 'custom', path: ['velocity', index, 'name'], message: `"${name}" is taken already` }),
    );
    if (Object.keys(document.parameters).length > RULE_SET_LIMITS.parameters) {
      context.addIssue({ code: 'custom', path: ['parameters'], message: `at most ${RULE_SET_LIMITS.parameters}` });
    }
  });

function refuseDuplicates(names: readonly string[], refuse: (index: number, name: string) => void): void {
  const seen = new Set<string>();
  for (const [index, name] of names.entries()) {
    if (seen.has(name)) refuse(index, name);
    seen.add(name);
  }
}
