import { z } from 'zod';
import { outsideId, outsideText, paymentAttemptId } from '../ids.ts';
import { actionExample, gatewayPage } from './gateway.ts';
import { listOf } from './operations.ts';

const instant = z.iso.datetime({ offset: true });
const NOTE_LENGTH_MAX = 2_000;

export const incidentState = z.enum(['OPEN', 'CLOSED']);

/** The one thing that may safely be done about an incident of this kind. */
export const safeAction = z.object({
  kind: z
    .enum(['close', 'look-again', 'cancel-payment'])
    .meta({ description: 'close: once it is looked into; look-again: ask Primer now; cancel-payment: give it back' }),
  method: z.literal('POST'),
  path: z.string(),
});
export type SafeAction = z.infer<typeof safeAction>;

/** Something that needs a person: `GET /v1/incidents`. */
export const incidentAnswer = z
  .object({
    id: z.uuid(),
    merchantId: outsideId,
    kind: z.string().meta({ description: 'For example FOREIGN_APPROVE, PAID_AGAINST_ABORT, WRONG_KEY_OR_TENANT' }),
    state: incidentState,
    ageSeconds: z.int().meta({ description: 'How long it has been open, or was' }),
    paymentAttemptId: paymentAttemptId.nullable(),
    paymentId: outsideId.nullable(),
    facts: z.record(z.string(), z.unknown()),
    count: z.int().meta({ description: 'How often it was seen' }),
    firstSeenAt: instant,
    lastSeenAt: instant,
    openedAt: instant.meta({ description: 'Later than firstSeenAt where it was closed and was seen again' }),
    closed: z
      .object({ at: instant, by: z.string(), note: z.string() })
      .nullable()
      .meta({ description: 'An operator closes it with a note; the gateway closes what has settled by itself' }),
    safeAction: safeAction.nullable().meta({ description: 'Null once it is closed' }),
  })
  .meta({ id: 'Incident' });
export type IncidentAnswer = z.infer<typeof incidentAnswer>;

export const incidentListAnswer = listOf(incidentAnswer);
export type IncidentListAnswer = z.infer<typeof incidentListAnswer>;
/** `GET /v1/incidents?state=&kind=&paymentAttemptId=&merchantId=&cursor=` */
export const incidentListQuery = z.object({
  state: incidentState.optional(),
  kind: z
    .string()
    .regex(/^[A-Z_]{1,64}$/, { error: 'a kind of incident expected' })
    .optional(),
  paymentAttemptId: paymentAttemptId.optional(),
  merchantId: outsideId.optional(),
  ...gatewayPage,
});
export type IncidentListQuery = z.output<typeof incidentListQuery>;

export const incidentId = z.uuid({ error: 'a UUID expected' }).toLowerCase();

/** What an operator says beside what they do. It is kept for ever, so it says why. */
export const operatorNote = {
  note: outsideText(NOTE_LENGTH_MAX).min(1, { error: 'must not be empty' }).meta({ description: 'Why' }),
  by: outsideText(256).min(1).optional().meta({ description: 'Who, in words of their own' }),
};
/** `POST /v1/incidents/{id}/close`, `/cancel-payment` and `POST /v1/actions/{attemptId}/look-again` */
export const operatorNoteBody = z.strictObject(operatorNote);
export type OperatorNoteBody = z.output<typeof operatorNoteBody>;

/** `POST /v1/actions/{attemptId}/conclude`: what a person has found out about an outcome that stays unknown. */
export const concludeActionBody = z.discriminatedUnion('outcome', [
  z.strictObject({
    outcome: z.literal('paid'),
    paymentId: outsideId.meta({ description: 'Read at Primer first: it must fit the attempt' }),
    ...operatorNote,
  }),
  z.strictObject({
    outcome: z.literal('not-paid').meta({ description: "Only when Primer's list shows no payment of the attempt" }),
    ...operatorNote,
  }),
]);
export type ConcludeActionBody = z.output<typeof concludeActionBody>;

/** What an operator did: `GET /v1/operator-actions`. */
export const operatorActionAnswer = z
  .object({
    id: z.uuid(),
    at: instant,
    kind: z.string().meta({ description: 'For example incident-closed, looked-again, concluded, approvals-stopped' }),
    by: z.string(),
    note: z.string(),
    merchantId: outsideId.nullable().meta({ description: 'Null for what concerns all merchants' }),
    paymentAttemptId: paymentAttemptId.nullable(),
    incidentId: z.uuid().nullable(),
    facts: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'OperatorAction' });
export type OperatorActionAnswer = z.infer<typeof operatorActionAnswer>;
export const operatorActionListAnswer = listOf(operatorActionAnswer);
export type OperatorActionListAnswer = z.infer<typeof operatorActionListAnswer>;
export const operatorActionListQuery = z.object(gatewayPage);
export type OperatorActionListQuery = z.output<typeof operatorActionListQuery>;

export const incidentExample: IncidentAnswer = {
  id: '0d3c6a5e-55cf-4d0c-9b0d-7f2f5a6f3f11',
  merchantId: 'demo-shop',
  kind: 'FOREIGN_APPROVE',
  state: 'OPEN',
  ageSeconds: 90,
  paymentAttemptId: actionExample.paymentAttemptId,
  paymentId: 'IHQlakKC',
  facts: { orderId: 'order-1001', lastAnswer: '409 IdempotencyKeyAlreadyExists' },
  count: 1,
  firstSeenAt: '2026-11-21T09:00:00.210Z',
  lastSeenAt: '2026-11-21T09:00:00.210Z',
  openedAt: '2026-11-21T09:00:00.210Z',
  closed: null,
  safeAction: { kind: 'close', method: 'POST', path: '/v1/incidents/0d3c6a5e-55cf-4d0c-9b0d-7f2f5a6f3f11/close' },
};

export const closedIncidentExample: IncidentAnswer = {
  ...incidentExample,
  state: 'CLOSED',
  closed: { at: '2026-11-21T09:01:30.210Z', by: 'Ann of payments', note: 'The shop approves by itself no more' },
  safeAction: null,
};

export const operatorActionExample: OperatorActionAnswer = {
  id: '7f1ddc9f-b4f6-4c39-9d7b-1dbf0f5cc4a6',
  at: '2026-11-21T09:01:30.210Z',
  kind: 'incident-closed',
  by: 'Ann of payments',
  note: 'The shop approves by itself no more',
  merchantId: 'demo-shop',
  paymentAttemptId: actionExample.paymentAttemptId,
  incidentId: incidentExample.id,
  facts: { kind: 'FOREIGN_APPROVE' },
};
