import { z } from 'zod';
import {
  APPROVAL_RESOURCES,
  approvalDecision,
  approvalEffect,
  approvalKind,
  approvalResource,
} from '../events/approval-changed.event.ts';
import { outsideId } from '../ids.ts';
import { moneyAnswer } from '../money.ts';

/** Limits of Paygentic's API, in characters as JSON Schema counts them: code points. */
const RESOURCE_ID_LENGTH_MAX = 255;
const HASH_LENGTH_MAX = 128;
const NOTE_LENGTH_MAX = 2_000;
const ACTOR_LENGTH_MAX = 128;
const LIST_LIMIT_MAX = 100;
const LIST_LIMIT_DEFAULT = 50;

const instant = z.iso.datetime({ offset: true });

function text(lengthMax: number, lengthMin = 0) {
  return z
    .string()
    .refine((value) => value.length >= lengthMin, { error: 'must not be empty' })
    .refine((value) => value.length <= lengthMax || Array.from(value).length <= lengthMax, {
      error: `at most ${lengthMax} characters`,
    })
    .meta({ minLength: lengthMin, maxLength: lengthMax });
}

const note = text(NOTE_LENGTH_MAX).nullish();
/** Begins the reason why a review is void of an attempt that somebody else than a reviewer has approved. */
export const APPROVED_BY = 'approved-by-';
/** How records name Tollgate's own services: nobody else speaks under such a name. */
export const SERVICE_PREFIX = 'service:';
const actorId = text(ACTOR_LENGTH_MAX, 1)
  .refine((name) => !name.toLowerCase().startsWith(SERVICE_PREFIX), {
    error: "a service's own name is nobody's to use",
  })
  .optional()
  .meta({ description: 'Who the platform key acts for. From any other key it is checked and then ignored' });
const snapshotHash = text(HASH_LENGTH_MAX, 1);

/** `POST /v0/approvals`, in Paygentic's shape: fields that nobody knows are ignored. */
export const createApprovalInput = z
  .object({
    merchantId: outsideId,
    resourceType: z.enum(['order', 'invoice']).default('order').meta({
      description:
        "Paygentic's schema asks for it and the command that its reference prints leaves it out: then an order",
    }),
    resourceId: text(RESOURCE_ID_LENGTH_MAX, 1),
    dataSnapshotHash: snapshotHash,
    kind: approvalKind.default('data_review'),
    note,
    actorId,
  })
  .meta({ id: 'CreateApproval' });
export type CreateApprovalInput = z.output<typeof createApprovalInput>;

/** `PATCH /v0/approvals/{id}`: a decision as Paygentic knows it, or (ours) a claim. */
export const updateApprovalInput = z
  .object({
    decision: z.enum(['approved', 'rejected', 'cancelled']).optional(),
    note,
    actorId,
    dataSnapshotHash: snapshotHash.optional().meta({
      description: 'What the reviewer was shown. Needed for attempts and commands; another one is refused as stale',
    }),
    claim: z.boolean().optional().meta({ description: 'Takes the approval for a while, or gives it back' }),
  })
  .refine(({ decision, claim }) => decision !== undefined || claim !== undefined, {
    error: 'Invalid option: expected one of "approved"|"rejected"|"cancelled"',
    path: ['decision'],
  })
  .refine(({ decision, claim }) => decision === undefined || claim === undefined, {
    error: 'either a decision or a claim',
    path: ['claim'],
  })
  .meta({ id: 'UpdateApproval' });
export type UpdateApprovalInput = z.output<typeof updateApprovalInput>;

/** A query parameter that is a whole number: digits and nothing else. */
function wholeNumber(min: number, max: number) {
  return z
    .string()
    .regex(/^\d{1,16}$/, { error: 'a whole number expected' })
    .transform(Number)
    .pipe(z.int().min(min).max(max));
}

/** `GET /v0/approvals`. */
export const approvalListQuery = z.object({
  merchantId: outsideId.optional(),
  resourceType: approvalResource.optional(),
  resourceId: text(RESOURCE_ID_LENGTH_MAX).optional(),
  kind: approvalKind.optional(),
  decision: approvalDecision.optional(),
  limit: wholeNumber(1, LIST_LIMIT_MAX).default(LIST_LIMIT_DEFAULT),
  offset: wholeNumber(0, Number.MAX_SAFE_INTEGER).default(0),
});
export type ApprovalListQuery = z.output<typeof approvalListQuery>;

/** What an approval has beyond Paygentic's fields, in an object of its own. Empty fields are null, never absent. */
export const approvalExtras = z.object({
  orderId: z.string().nullable(),
  amount: moneyAnswer.nullable(),
  reason: z.string().nullable().meta({ description: 'Why a person shall look' }),
  dataSnapshot: z.record(z.string(), z.unknown()).nullable().meta({ description: 'What the hash is of' }),
  expiresAt: instant.nullable().meta({ description: 'Of an attempt its decideBy: nothing is decided after it' }),
  timeLeftMs: z.int().nonnegative().nullable().meta({ description: 'Until expiresAt; 0 when it is over' }),
  claim: z.object({ by: z.string(), until: instant }).nullable(),
  quorum: z.object({ required: z.int(), given: z.int() }),
  votes: z.array(z.object({ reviewer: z.string(), decision: z.string(), note: z.string().nullable(), at: instant })),
  effect: approvalEffect,
  effectReason: z
    .string()
    .nullable()
    .meta({ description: `${APPROVED_BY}…: no reviewer decided, and it was approved all the same, as by a deadline` }),
  sequence: z.int(),
});
export type ApprovalExtras = z.infer<typeof approvalExtras>;

/** An approval in Paygentic's shape; `tollgate` is the addition. */
export const approvalAnswer = z
  .object({
    id: z.string(),
    object: z.literal('approval'),
    merchantId: z.string(),
    resourceType: z.enum(APPROVAL_RESOURCES),
    resourceId: z.string(),
    kind: approvalKind,
    decision: approvalDecision,
    requester: z.string(),
    reviewer: z.string().nullable(),
    note: z.string().nullable(),
    dataSnapshotHash: z.string(),
    decidedAt: instant.nullable(),
    createdAt: instant,
    tollgate: approvalExtras,
  })
  .meta({ id: 'Approval' });
export type ApprovalAnswer = z.infer<typeof approvalAnswer>;

export const approvalListAnswer = z
  .object({
    object: z.literal('list'),
    data: z.array(approvalAnswer),
    pagination: z.object({ limit: z.int(), offset: z.int(), total: z.int() }),
  })
  .meta({ id: 'ApprovalList' });
export type ApprovalListAnswer = z.infer<typeof approvalListAnswer>;

/** Error body of `/v0`: Paygentic's, in place of problem details. */
export const approvalProblem = z
  .object({
    message: z.string(),
    error: z.string().meta({ description: 'Coarse category of the status, for example conflict' }),
    code: z.string(),
    details: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: 'ApprovalProblem' });
export type ApprovalProblem = z.infer<typeof approvalProblem>;

export const approvalExample: ApprovalAnswer = {
  id: '0199a3f0-7d1c-7cc3-98c4-dc0c0c07398f',
  object: 'approval',
  merchantId: 'demo-shop',
  resourceType: 'order',
  resourceId: 'order-1001',
  kind: 'data_review',
  decision: 'pending',
  requester: 'user-1',
  reviewer: null,
  note: null,
  dataSnapshotHash: '6266fd6c7b24fc4df87c360cfb9eb2fcd4bcf1462bbe1a993738a3f4bdb96dac',
  decidedAt: null,
  createdAt: '2026-11-21T09:00:00.120Z',
  tollgate: {
    orderId: null,
    amount: null,
    reason: null,
    dataSnapshot: null,
    expiresAt: null,
    timeLeftMs: null,
    claim: null,
    quorum: { required: 1, given: 0 },
    votes: [],
    effect: 'none',
    effectReason: null,
    sequence: 1,
  },
};

export const approvalListExample: ApprovalListAnswer = {
  object: 'list',
  data: [approvalExample],
  pagination: { limit: 50, offset: 0, total: 1 },
};
