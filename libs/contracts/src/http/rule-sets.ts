import { z } from 'zod';
import { reasonSlug } from '../events/attempt-decided.event.ts';
import { outsideText } from '../ids.ts';
import { listOf } from './operations.ts';

const instant = z.iso.datetime({ offset: true });
const rowId = z.string().regex(/^[1-9]\d{0,17}$/, { error: 'a cursor as answers show it expected' });

export const RULE_SET_STATUSES = ['draft', 'shadow', 'live', 'retired'] as const;
export type RuleSetStatus = (typeof RULE_SET_STATUSES)[number];

/** What can be done to a set; `POST /v1/rulesets/{version}/{step}`. */
export const RULE_SET_STEPS = ['shadow', 'propose', 'promote', 'retire'] as const;
export type RuleSetStep = (typeof RULE_SET_STEPS)[number];

/** A version in a path, or enough of its beginning to tell it from others. */
export const ruleSetVersion = z
  .string()
  .regex(/^[0-9a-f]{8,64}$/, { error: 'a version, or at least 8 digits of its beginning, expected' });

/** Body of `POST /v1/rulesets`: the document as YAML or JSON text, or as JSON itself. */
export const ruleSetInput = z
  .strictObject({
    document: z.union([z.string().min(1).max(1_000_000), z.record(z.string(), z.unknown())]),
    note: outsideText(500).optional(),
  })
  .meta({ id: 'RuleSetInput' });
export type RuleSetInput = z.infer<typeof ruleSetInput>;

/** Body of a step. */
export const ruleSetStepInput = z.strictObject({ note: outsideText(500).optional() }).meta({ id: 'RuleSetStepInput' });
export type RuleSetStepInput = z.infer<typeof ruleSetStepInput>;

/** Body of a rollback: the live set that is to be left, so that one sent again goes back no further. */
export const ruleSetRollbackInput = ruleSetStepInput
  .extend({ from: ruleSetVersion })
  .meta({ id: 'RuleSetRollbackInput' });
export type RuleSetRollbackInput = z.infer<typeof ruleSetRollbackInput>;

/** Query of `GET /v1/rulesets`. */
export const ruleSetQuery = z.object({
  status: z.enum(RULE_SET_STATUSES).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: rowId.optional().meta({ description: '`nextCursor` of the page before' }),
});
export type RuleSetQuery = z.output<typeof ruleSetQuery>;

/** Query of `GET /v1/rulesets/audit`. */
export const ruleSetAuditQuery = ruleSetQuery.omit({ status: true }).extend({ version: ruleSetVersion.optional() });
export type RuleSetAuditQuery = z.output<typeof ruleSetAuditQuery>;

/** Who did something: a person, the operator token, or the file that an empty database started with. */
export const ruleSetActor = z
  .object({
    kind: z.string().meta({ description: 'person, operator or file' }),
    personId: z.string().nullable(),
    displayName: z.string(),
  })
  .meta({ id: 'RuleSetActor' });

const verdictWord = z.string().meta({ description: 'approve, review or abort' });

/** A rule set with where it stands in its life: `GET /v1/rulesets`. */
export const ruleSetAnswer = z
  .object({
    version: z.string().meta({ description: 'SHA-256 over the canonical JSON (RFC 8785) of the document' }),
    name: z.string(),
    status: z.string().meta({ description: 'draft, shadow, live (its decisions take effect) or retired' }),
    description: z.string().nullable(),
    createdAt: instant,
    createdBy: ruleSetActor,
    liveSince: instant.nullable(),
    replaced: z.string().nullable().meta({ description: 'The version that was live before; where a rollback goes' }),
    proposal: z
      .object({ by: ruleSetActor, at: instant, note: z.string().nullable() })
      .nullable()
      .meta({ description: 'Waits for another person to promote it' }),
    parameters: z.record(z.string(), z.unknown()),
    velocity: z.array(
      z.object({
        name: z.string(),
        by: z.string(),
        measure: z.string().optional().meta({ description: 'count, sum or distinct; absent: count' }),
        of: z.string().optional().meta({ description: 'What a distinct tells apart' }),
        windowSeconds: z.int(),
        limit: z.int(),
        whenUnknown: z.string().optional().meta({
          description: 'review or ignore: of an attempt that names nothing to count by; absent: ignore',
        }),
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

/** `GET /v1/rulesets/{version}` */
export const ruleSetDetailAnswer = ruleSetAnswer
  .extend({ document: z.record(z.string(), z.unknown()).meta({ description: 'As its author wrote it' }) })
  .meta({ id: 'RuleSetDetail' });
export type RuleSetDetailAnswer = z.infer<typeof ruleSetDetailAnswer>;

/** A line of the insert-only record of who did what. */
export const ruleSetAuditAnswer = z
  .object({
    id: z.string(),
    at: instant,
    version: z.string(),
    name: z.string(),
    step: z.string().meta({ description: 'draft, shadow, propose, promote, replaced, retire or rollback' }),
    from: z.string().nullable(),
    to: z.string(),
    by: ruleSetActor,
    note: z.string().nullable(),
  })
  .meta({ id: 'RuleSetAuditEntry' });
export type RuleSetAuditAnswer = z.infer<typeof ruleSetAuditAnswer>;

export const ruleSetAuditListAnswer = listOf(ruleSetAuditAnswer);

export const ruleSetListAnswer = listOf(ruleSetAnswer);

export const ruleSetExample: RuleSetAnswer = {
  version: '6266fd6c7b24fc4df87c360cfb9eb2fcd4bcf1462bbe1a993738a3f4bdb96dac',
  name: 'default',
  status: 'live',
  description: 'Approves ordinary attempts; refuses what is listed, too large or too frequent.',
  createdAt: '2026-11-21T09:00:00.000Z',
  createdBy: { kind: 'file', personId: null, displayName: 'RULESET_FILE' },
  liveSince: '2026-11-21T09:00:00.000Z',
  replaced: null,
  proposal: null,
  parameters: { refusedBins: ['999999'] },
  velocity: [{ name: 'customerAttempts', by: 'customer', windowSeconds: 600, limit: 20, whenUnknown: 'ignore' }],
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

export const ruleSetDetailExample: RuleSetDetailAnswer = {
  ...ruleSetExample,
  document: { name: 'default', rules: [], default: { then: 'approve', reason: 'no-rule-matched' } },
};

export const ruleSetAuditExample: z.infer<typeof ruleSetAuditListAnswer> = {
  data: [
    {
      id: '4',
      at: '2026-11-21T10:00:00.000Z',
      version: ruleSetExample.version,
      name: 'default',
      step: 'promote',
      from: 'shadow',
      to: 'live',
      by: { kind: 'person', personId: '0b7f6f39-6f35-4d3c-9d0e-0f8a4c3b2a19', displayName: 'Ada' },
      note: 'a week in the shadow, no surprise',
    },
  ],
  nextCursor: null,
};
