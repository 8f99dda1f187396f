import { z } from 'zod';
import { outsideId } from '../ids.ts';
import { anyCurrency, nonNegativeAmountMinorText } from '../money.ts';
import type { EventDefinition } from './envelope.ts';

/** What an approval can be about. The last two are opened by Tollgate itself, never by a caller. */
export const APPROVAL_RESOURCES = ['order', 'invoice', 'payment_attempt', 'payment_command'] as const;
export const approvalResource = z.enum(APPROVAL_RESOURCES);
export type ApprovalResource = z.infer<typeof approvalResource>;

export const approvalKind = z.enum(['data_review', 'financial_review', 'push']);
export type ApprovalKind = z.infer<typeof approvalKind>;

/** `cancelled`: recalled, reopened after an approval that had no effect yet, or void. */
export const approvalDecision = z.enum(['pending', 'approved', 'rejected', 'cancelled']);
export type ApprovalDecision = z.infer<typeof approvalDecision>;

/**
 * What the decision came to: nothing yet; it took effect; another decision was first; it came too late; or the approval
 * ended undecided. Only `applied` means that what was decided has happened.
 */
export const approvalEffect = z.enum(['none', 'applied', 'superseded', 'refused_late', 'void']);
export type ApprovalEffect = z.infer<typeof approvalEffect>;

/** Steps of an approval's life. Open on the reading side. */
export const APPROVAL_CHANGES = [
  'opened',
  'refreshed',
  'claimed',
  'released',
  'voted',
  'decided',
  'recalled',
  'reopened',
  'refused-late',
  'voided',
  'expired',
  'effect',
] as const;
export type ApprovalChange = (typeof APPROVAL_CHANGES)[number];

/** 255 characters as Paygentic counts them, in UTF-16 code units. An order's name is its maker's affair: any character. */
const RESOURCE_ID_LENGTH_MAX = 510;

export const approvalChanged = z
  .object({
    merchantId: outsideId,
    approvalId: z.uuid(),
    resourceType: z
      .string()
      .max(32)
      .meta({ description: `One of ${APPROVAL_RESOURCES.join(', ')}; open on the reading side` }),
    resourceId: z.string().min(1).max(RESOURCE_ID_LENGTH_MAX).meta({
      description: 'Attempt id, command id, or what the maker called the order or invoice',
    }),
    kind: z.string().max(32),
    change: z
      .string()
      .max(32)
      .meta({ description: APPROVAL_CHANGES.join(', ') }),
    sequence: z.int().positive().meta({ description: 'Counts the changes of this approval, from 1' }),
    at: z.iso.datetime({ offset: true }),
    actor: z.string().max(256).meta({ description: 'Who did it: a person, a key, or service:…' }),
    decision: approvalDecision,
    effect: approvalEffect,
    reviewer: z.string().max(256).optional(),
    orderId: outsideId.optional(),
    amountMinor: nonNegativeAmountMinorText.optional(),
    currency: anyCurrency.optional(),
    dataSnapshotHash: z.string().max(512),
    holdDigest: z.string().max(128).optional().meta({ description: 'Of a payment command: names exactly what waits' }),
    expiresAt: z.iso.datetime({ offset: true }).optional(),
    claimedBy: z.string().max(256).optional(),
    claimedUntil: z.iso.datetime({ offset: true }).optional(),
    votesRequired: z.int().positive(),
    votesGiven: z.int().nonnegative(),
  })
  .meta({ id: 'ApprovalChanged' });
export type ApprovalChangedData = z.infer<typeof approvalChanged>;

/**
 * An approval took a step. Of a payment command, `decided` with `approved` lets it go on; `rejected` or `cancelled`
 * refuses it. Of an attempt the Decision on its own topic counts, committed together with this event.
 */
export const ApprovalChanged: EventDefinition<ApprovalChangedData> = {
  topic: 'approvals',
  type: 'tollgate.approval.changed.v1',
  title: 'An approval was opened, claimed, voted on, decided, recalled or voided',
  schema: approvalChanged,
  keyOf: (data) => data.resourceId,
};
