import type { ApprovalRequired, AttemptView, JournalPage, Stats, WebhookView } from './control.schema.ts';

const ATTEMPT_ID = '6c5d3a30-3c2e-4f55-9d8e-5b3d5e3a5c7f';
const SESSION_ID = '0b0f4a3e-6d0c-4f3a-9f57-2b8f1c9d7e11';

/** Examples of the control API's answers, for its documentation. */
export const approvalRequiredExample: ApprovalRequired = {
  clientSessionId: SESSION_ID,
  paymentAttemptId: ATTEMPT_ID,
  timestamp: 1_763_712_000,
  paymentMethodToken: {
    token: 'heNwnqaeRiqvY1UcslfQc3wxNjEzOTIxNjc4',
    analyticsId: 'VtkMDAxZW5isH0HsbbNxZ3lo',
    tokenType: 'SINGLE_USE',
    paymentInstrumentType: 'PAYMENT_CARD',
    paymentInstrumentData: { last4Digits: '1111', network: 'Visa', cardholderName: 'John Doe' },
    vaultData: null,
    threeDSecureAuthentication: null,
  },
};

export const attemptExample: AttemptView = {
  paymentAttemptId: ATTEMPT_ID,
  clientSessionId: SESSION_ID,
  approvalStatus: 'APPROVED',
  isCurrent: true,
  expiresAt: '2026-11-21T08:15:00.000000',
  paymentId: 'IHQlakKC7d',
  calls: { approve: 1, abort: 0 },
};

export const journalExample: JournalPage = {
  data: [
    {
      sequence: 7,
      at: '2026-11-21T08:00:01.204117',
      kind: 'EFFECT',
      name: 'PAYMENT_CREATED',
      attemptId: ATTEMPT_ID,
      paymentId: 'IHQlakKC7d',
      facts: { status: 'AUTHORIZED', amount: 4200, currencyCode: 'EUR' },
    },
  ],
  nextCursor: '7',
};

export const statsExample: Stats = {
  attempts: { REQUIRES_APPROVAL: 1, APPROVED: 12, ABORTED: 3, EXPIRED: 0 },
  calls: { approve: 13, abort: 3 },
  payments: { total: 12, byStatus: { AUTHORIZED: 11, DECLINED: 1 } },
  webhooks: { PENDING: 0, SENDING: 0, DELIVERED: 12, DROPPED: 0 },
};

export const webhookExample: WebhookView = {
  webhookId: 12,
  eventType: 'PAYMENT.STATUS',
  attemptId: ATTEMPT_ID,
  paymentId: 'IHQlakKC7d',
  state: 'DELIVERED',
  dueAt: '2026-11-21T08:00:01.204119',
  deliveries: [{ try: 1, at: '2026-11-21T08:00:01.209004', statusCode: 200, error: null }],
};
