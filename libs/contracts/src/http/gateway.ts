import { z } from 'zod';
import { attemptClocks } from '../clocks.ts';
import { carriedDecision, outcomeKind } from '../events/attempt-concluded.event.ts';
import { reasonSlug } from '../events/attempt-decided.event.ts';
import { outsideId, paymentAttemptId } from '../ids.ts';
import { moneyAnswer } from '../money.ts';
import { listOf } from './operations.ts';

const instant = z.iso.datetime({ offset: true });

/** States of an action: waiting for its call, calling, not known, and the four outcomes. */
export const actionState = z
  .enum(['AWAITING', 'CALLING', 'UNKNOWN', ...outcomeKind.options])
  .meta({ description: 'AWAITING: no call may have arrived. UNKNOWN: one may have, and its answer is not known yet' });

/** The one winning action of an attempt: `GET /v1/actions/{attemptId}`. Operators only. */
export const actionAnswer = z
  .object({
    merchantId: outsideId,
    paymentAttemptId,
    clientSessionId: outsideId,
    order: z.object({ orderId: outsideId, amount: moneyAnswer }),
    decision: carriedDecision,
    state: actionState,
    step: z
      .enum(['approve', 'abort', 'fence', 'find'])
      .meta({ description: 'What was done last, or is to be done next, at Primer' }),
    calls: z
      .object({ approve: z.int(), abort: z.int() })
      .meta({ description: 'Calls that may have arrived at Primer; fences count as aborts' }),
    fence: z.int().meta({ description: 'How often the action was leased' }),
    clocks: attemptClocks,
    firstCalledAt: instant.nullable(),
    unknownSince: instant.nullable(),
    nextTryAt: instant.nullable().meta({ description: 'Null once the attempt has its outcome' }),
    heldBackBy: z
      .enum(['kill-switch', 'key-refused', 'circuit-open'])
      .nullable()
      .meta({ description: 'Why nothing is called at Primer just now, as the answering process knows it' }),
    lastAnswer: z.string().nullable().meta({ description: "Status and error id of Primer's last answer" }),
    outcome: z
      .object({ outcome: outcomeKind, reason: reasonSlug, paymentId: outsideId.nullable(), concludedAt: instant })
      .nullable(),
    supersededBy: paymentAttemptId.nullable(),
    traceId: z
      .string()
      .nullable()
      .meta({ description: "Of the request or event that announced the attempt's decision" }),
  })
  .meta({ id: 'Action' });
export type ActionAnswer = z.infer<typeof actionAnswer>;

/** A decision that came after another one had won. */
export const supersededDecision = z.object({
  decision: z.string(),
  source: z.string(),
  reason: reasonSlug,
  decidedAt: instant,
  recordedAt: instant,
});
export type SupersededDecisionAnswer = z.infer<typeof supersededDecision>;

/** An action with the decisions that came too late. */
export const actionDetailAnswer = actionAnswer
  .extend({ supersededDecisions: z.array(supersededDecision) })
  .meta({ id: 'ActionDetail' });
export type ActionDetailAnswer = z.infer<typeof actionDetailAnswer>;

export const actionListAnswer = listOf(actionAnswer);
export type ActionListAnswer = z.infer<typeof actionListAnswer>;

/** What every list of the gateway is asked with. */
export const gatewayPage = {
  cursor: z
    .string()
    .regex(/^[\w-]{1,256}$/, { error: 'not a cursor of this list' })
    .optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
};

/** Which of several merchants' attempts of one id is meant; rarely needed. */
export const actionQuery = z.object({ merchantId: outsideId.optional() });
/** `GET /v1/actions?state=&cursor=` */
export const actionListQuery = z.object({ state: actionState.optional(), ...gatewayPage });
export type ActionListQuery = z.output<typeof actionListQuery>;

export const actionExample: ActionAnswer = {
  merchantId: 'demo-shop',
  paymentAttemptId: '6c5d3a30-3c2e-4f55-9d8e-5b3d5e3a5c7f',
  clientSessionId: 'cs_81',
  order: { orderId: 'order-1001', amount: { amountMinor: '4200', currency: 'EUR' } },
  decision: { decision: 'APPROVE', source: 'rules', reason: 'no-rule-matched', decidedAt: '2026-11-21T09:00:00.120Z' },
  state: 'APPROVED',
  step: 'approve',
  calls: { approve: 1, abort: 0 },
  fence: 1,
  clocks: {
    receivedAt: '2026-11-21T09:00:00.000Z',
    decideBy: '2026-11-21T09:01:15.000Z',
    approveBy: '2026-11-21T09:01:22.000Z',
    expiresAt: '2026-11-21T09:15:00.000Z',
  },
  firstCalledAt: '2026-11-21T09:00:00.130Z',
  unknownSince: null,
  nextTryAt: null,
  heldBackBy: null,
  lastAnswer: '200',
  outcome: {
    outcome: 'APPROVED',
    reason: 'no-rule-matched',
    paymentId: 'IHQlakKC',
    concludedAt: '2026-11-21T09:00:00.210Z',
  },
  supersededBy: null,
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
};

export const actionDetailExample: ActionDetailAnswer = {
  ...actionExample,
  supersededDecisions: [
    {
      decision: 'ABORT',
      source: 'deadline',
      reason: 'deadline-passed',
      decidedAt: '2026-11-21T09:01:15.010Z',
      recordedAt: '2026-11-21T09:01:15.020Z',
    },
  ],
};
