import { z } from 'zod';
import { DISPUTE_STATUSES, DISPUTE_TYPES } from './dispute.states.ts';

const MAX_PAGE_SIZE = 1_000;
const text = z.string().min(1).max(255);

/** Body of `POST /_sandbox/disputes`. */
export const openDisputeSchema = z.strictObject({
  paymentId: z.string().min(1).max(64),
  type: z.enum(DISPUTE_TYPES).default('DISPUTE'),
  amount: z.int().min(0).optional().describe('Minor units; what was captured when absent'),
  reason: text.default('Fraud'),
  reasonCode: text.default('10.4'),
  processorReason: text.default('Fraudulent transaction, card absent'),
});
export type OpenDispute = z.output<typeof openDisputeSchema>;

/** Body of `POST /_sandbox/disputes/{id}`. */
export const moveDisputeSchema = z.strictObject({
  status: z.enum(DISPUTE_STATUSES),
  type: z.enum(DISPUTE_TYPES).optional().describe('The next stage, which opens anew; only of a dispute that has ended'),
});
export type MoveDispute = z.output<typeof moveDisputeSchema>;

export const disputeIdSchema = z.string().min(1).max(64);

export const disputeViewSchema = z.object({
  disputeId: z.string(),
  paymentId: z.string(),
  type: z.enum(DISPUTE_TYPES),
  status: z.enum(DISPUTE_STATUSES),
  amount: z.int(),
  currencyCode: z.string(),
  receivedAt: z.string(),
  challengeRequiredBy: z.string().nullable(),
});
export type DisputeView = z.output<typeof disputeViewSchema>;

export const disputeListSchema = z.object({ data: z.array(disputeViewSchema) });
export type DisputeList = z.output<typeof disputeListSchema>;

/** Query of `GET /_sandbox/disputes`. */
export const disputeQuerySchema = z.object({
  paymentId: z.string().min(1).max(64).optional(),
  limit: z.coerce.number().pipe(z.int().min(1).max(MAX_PAGE_SIZE)).default(MAX_PAGE_SIZE),
});
export type DisputeQuery = z.output<typeof disputeQuerySchema>;

export const disputeExample: DisputeView = {
  disputeId: 'dispute-7d1f5c0e',
  paymentId: 'IHQlakKC7d',
  type: 'DISPUTE',
  status: 'OPEN',
  amount: 4200,
  currencyCode: 'EUR',
  receivedAt: '2026-11-21T08:00:01.204117',
  challengeRequiredBy: '2026-12-05T08:00:01.204117',
};
