import { z } from 'zod';
import { decisionKind, reasonSlug, ruleEvaluation } from '../events/attempt-decided.event.ts';
import { attemptClocks } from '../clocks.ts';
import { outsideId, outsideText, paymentAttemptId } from '../ids.ts';
import { moneyAnswer } from '../money.ts';
import { listOf } from './operations.ts';

const attemptIdExample = '6c5d3a30-3c2e-4f55-9d8e-5b3d5e3a5c7f';
const instant = z.iso.datetime({ offset: true });

/** A decision as risk made it: `GET /v1/decisions/{attemptId}`. Operators only: rule names are nobody else's business. */
export const riskDecisionAnswer = z
  .object({
    merchantId: outsideId,
    paymentAttemptId,
    clientSessionId: outsideId,
    order: z.object({ orderId: outsideId, amount: moneyAnswer }),
    decision: decisionKind,
    reason: reasonSlug,
    decidedAt: instant,
    clocks: attemptClocks,
    evaluation: ruleEvaluation,
  })
  .meta({ id: 'RiskDecision' });
export type RiskDecisionAnswer = z.infer<typeof riskDecisionAnswer>;

export const riskDecisionExample: RiskDecisionAnswer = {
  merchantId: 'demo-shop',
  paymentAttemptId: attemptIdExample,
  clientSessionId: 'cs_81',
  order: { orderId: 'order-1001', amount: { amountMinor: '1250000', currency: 'EUR' } },
  decision: 'ABORT',
  reason: 'amount-limit',
  decidedAt: '2026-11-21T09:00:00.120Z',
  clocks: {
    receivedAt: '2026-11-21T09:00:00.000Z',
    decideBy: '2026-11-21T09:01:15.000Z',
    approveBy: '2026-11-21T09:01:22.000Z',
    expiresAt: '2026-11-21T09:15:00.000Z',
  },
  evaluation: {
    ruleSet: 'default',
    version: '6266fd6c7b24fc4df87c360cfb9eb2fcd4bcf1462bbe1a993738a3f4bdb96dac',
    digest: '6266fd6c7b24fc4df87c360cfb9eb2fcd4bcf1462bbe1a993738a3f4bdb96dac',
    hits: [{ rule: 'amount-over-limit', decision: 'ABORT', reason: 'amount-limit' }],
    features: { 'order.amountMinor': '1250000', 'order.currency': 'EUR', 'card.bin': null },
  },
};

/** Which of several merchants' attempts of one id is meant; rarely needed. */
export const riskDecisionQuery = z.object({ merchantId: outsideId.optional() });

export const listName = z.enum(['allow', 'block', 'watch']);
export type ListName = z.infer<typeof listName>;

/**
 * `card` is the fingerprint that a decision's features show as `card.fingerprint`; `email`, `ip` and `device` are taken as
 * they are or as the hash that features show, and kept as the hash.
 */
export const listEntryKind = z.enum(['customer', 'card', 'bin', 'country', 'email', 'ip', 'device']);
export type ListEntryKind = z.infer<typeof listEntryKind>;

const LIST_VALUE_SHAPES = {
  customer: { pattern: /^.+$/s, error: 'a customer id expected' },
  card: {
    pattern: /^[A-Za-z0-9_-]{43}$/,
    error: 'a card fingerprint expected, as card.fingerprint of a decision shows it',
  },
  bin: { pattern: /^\d{6}$/, error: 'six digits expected' },
  country: { pattern: /^[A-Z]{2}$/, error: 'ISO 3166-1 alpha-2 in capitals expected' },
  email: { pattern: /^.+$/s, error: 'an e-mail address or its hash expected' },
  ip: { pattern: /^.+$/s, error: 'an IP address or its hash expected' },
  device: { pattern: /^.+$/s, error: "the shop's id of a device or its hash expected" },
} as const satisfies Record<ListEntryKind, { pattern: RegExp; error: string }>;

/** Body of `POST /v1/lists`. */
export const listEntryInput = z
  .strictObject({
    merchantId: outsideId.optional().meta({ description: 'Absent: the entry holds for every merchant' }),
    list: listName,
    kind: listEntryKind,
    value: outsideId,
    note: outsideText(500).optional().meta({ description: 'The reason, for those who find the entry later' }),
    expiresAt: instant.optional().meta({ description: 'From then on the entry does not hold any more' }),
  })
  .superRefine(({ kind, value }, context) => {
    const { pattern, error } = LIST_VALUE_SHAPES[kind];
    if (!pattern.test(value)) context.addIssue({ code: 'custom', path: ['value'], message: error });
  })
  .meta({ id: 'ListEntryInput', examples: [{ list: 'block', kind: 'customer', value: 'customer-7' }] });
export type ListEntryInput = z.infer<typeof listEntryInput>;

/** An entry with who put it there, and who took it off. */
export const listEntryAnswer = z
  .object({
    id: z.string(),
    merchantId: outsideId.nullable(),
    list: listName,
    kind: listEntryKind,
    value: z.string(),
    note: z.string().nullable(),
    expiresAt: instant.nullable(),
    createdAt: instant,
    createdBy: z.string(),
    removedAt: instant.nullable(),
    removedBy: z.string().nullable(),
  })
  .meta({ id: 'ListEntry' });
export type ListEntryAnswer = z.infer<typeof listEntryAnswer>;

export const listEntryExample: ListEntryAnswer = {
  id: '17',
  merchantId: null,
  list: 'block',
  kind: 'customer',
  value: 'customer-7',
  note: 'three chargebacks in a week',
  expiresAt: null,
  createdAt: '2026-11-21T09:00:00.000Z',
  createdBy: 'operator',
  removedAt: null,
  removedBy: null,
};

export const listEntryListAnswer = listOf(listEntryAnswer);
export const listEntryListExample: z.infer<typeof listEntryListAnswer> = { data: [listEntryExample], nextCursor: null };

const rowId = z.string().regex(/^[1-9]\d{0,17}$/, { error: 'an id as answers show it expected' });

/** Id of a list entry in a path. */
export const listEntryId = rowId;

/** Query of `GET /v1/lists`. */
export const listEntryQuery = z.object({
  list: listName.optional(),
  kind: listEntryKind.optional(),
  includeRemoved: z.enum(['true', 'false']).default('false'),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: rowId.optional().meta({ description: '`nextCursor` of the page before' }),
});
export type ListEntryQuery = z.output<typeof listEntryQuery>;
