import { z } from 'zod';
import { decisionKind, outsideText, REASONS } from '@tollgate/contracts';

/** Limits of a rule set, so that a mistake in a file cannot become a slow or a huge one at run time. */
export const RULE_SET_LIMITS = {
  rules: 500,
  velocities: 8,
  parameters: 100,
  parameterEntries: 10_000,
  /** Characters of one condition. */
  condition: 2_000,
  /** A count reads one bucket for each second of its window at the most. */
  windowSeconds: 86_400,
} as const;

/** Names that conditions use: they must be identifiers of CEL. */
const identifier = z.string().regex(/^[a-z][A-Za-z0-9]{0,63}$/, { error: 'a camelCase name expected' });

const ruleId = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, { error: 'a kebab-case name expected' })
  .max(128);

const parameter = z.union(
  [
    z.int(),
    z.boolean(),
    outsideText(1_000),
    z.array(outsideText(1_000)).max(RULE_SET_LIMITS.parameterEntries),
    z.record(z.string().max(256), z.int()),
  ],
  { error: 'a whole number, true or false, a text, a list of texts or a map of whole numbers expected' },
);

/** What a velocity counts by: the shop's customer id, or the card's fingerprint. */
export const VELOCITY_KINDS = ['customer', 'card'] as const;

const velocity = z.strictObject({
  name: identifier,
  by: z.enum(VELOCITY_KINDS),
  windowSeconds: z.int().min(1).max(RULE_SET_LIMITS.windowSeconds),
  limit: z.int().min(1),
});

const verdict = { decision: decisionKind, reason: z.enum(REASONS) };

const rule = z.strictObject({
  id: ruleId,
  description: outsideText(1_000).optional(),
  when: z.string().min(1).max(RULE_SET_LIMITS.condition),
  ...verdict,
});

/** A rule set as it is written down: config/rulesets/default.yaml explains each part. */
export const ruleSetDocument = z
  .strictObject({
    name: ruleId,
    version: z.string().min(1).max(128),
    description: outsideText(2_000).optional(),
    parameters: z.record(identifier, parameter).default({}),
    velocity: z.array(velocity).max(RULE_SET_LIMITS.velocities).default([]),
    rules: z.array(rule).max(RULE_SET_LIMITS.rules),
    default: z.strictObject(verdict),
  })
  .superRefine((document, context) => {
    refuseDuplicates(
      document.rules.map((entry) => entry.id),
      (index, id) =>
        context.addIssue({ code: 'custom', path: ['rules', index, 'id'], message: `"${id}" is taken by another rule` }),
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
