import {
  type ActionDetailAnswer,
  actionDetailExample,
  type ApprovalAnswer,
  approvalExample,
  type AttemptAnswer,
  attemptExample,
  type JournalAnswer,
  type PaymentAnswer,
  type RiskDecisionAnswer,
  riskDecisionExample,
} from '@tollgate/contracts';

const REVIEWER = 'ben@shop.test';
const ORDER = { orderId: 'order-1', amount: { amountMinor: '4200', currency: 'EUR' } };
const PAYMENT_ID = 'IHQlakKC';
const at = (offset: string) => `2026-11-21T12:00:${offset}Z`;

/** One attempt through all services: shown to a person, approved in time, paid. */
const intake: AttemptAnswer = {
  ...attemptExample,
  order: ORDER,
  timeline: [
    { at: at('00.000'), event: 'RECEIVED' },
    { at: at('00.012'), event: 'REVIEW_REQUESTED', decision: 'REVIEW', source: 'rules', reason: 'review-required' },
    { at: at('09.481'), event: 'DECIDED', decision: 'APPROVE', source: 'reviewer', reason: 'review-approved' },
    { at: at('09.640'), event: 'CONCLUDED', outcome: 'APPROVED', decision: 'APPROVE', source: 'reviewer' },
  ],
};

const risk: RiskDecisionAnswer = {
  ...riskDecisionExample,
  order: ORDER,
  decision: 'REVIEW',
  reason: 'review-required',
  decidedAt: at('00.011'),
  evaluation: {
    ...riskDecisionExample.evaluation,
    hits: [{ rule: 'first-order-of-customer', decision: 'REVIEW', reason: 'review-required' }],
    features: {
      'card.bin': '411111',
      'card.last4': '1111',
      'card.network': 'VISA',
      'customer.id': 'customer-1',
      'order.amountMinor': '4200',
      'order.currency': 'EUR',
      'velocity.customerAttempts': 1,
    },
  },
};

const approval: ApprovalAnswer = {
  ...approvalExample,
  resourceType: 'payment_attempt',
  resourceId: attemptExample.paymentAttemptId,
  requester: 'service:risk',
  decision: 'approved',
  reviewer: REVIEWER,
  note: 'Known from the shop in town',
  createdAt: at('00.034'),
  decidedAt: at('09.477'),
  tollgate: { ...approvalExample.tollgate, ...ORDER, reason: 'review-required', effect: 'applied' },
};

const gateway: ActionDetailAnswer = {
  ...actionDetailExample,
  order: ORDER,
  decision: { decision: 'APPROVE', source: 'reviewer', reason: 'review-approved', decidedAt: at('09.477') },
  firstCalledAt: at('09.498'),
  outcome: { outcome: 'APPROVED', reason: 'review-approved', paymentId: PAYMENT_ID, concludedAt: at('09.633') },
  supersededDecisions: [],
};

const payment: Pick<PaymentAnswer, 'paymentId' | 'status' | 'evidence'> = {
  paymentId: PAYMENT_ID,
  status: 'AUTHORIZED',
  evidence: [
    {
      evidenceId: 'e1',
      origin: 'webhook',
      reportedAs: 'PAYMENT.STATUS',
      status: 'AUTHORIZED',
      effectiveAt: at('09.700'),
      receivedAt: at('09.812'),
    },
  ],
};

const journal: JournalAnswer = {
  data: [
    {
      entryId: '0199a3f0-8a11',
      merchantId: intake.merchantId,
      paymentId: PAYMENT_ID,
      evidenceId: 'e1',
      positionVersion: 1,
      effectiveAt: at('09.700'),
      recordedAt: at('09.840'),
      postings: [
        { account: 'authorized', layer: 'pending', amount: { amountMinor: '4200', currency: 'EUR' } },
        { account: 'clearing', layer: 'pending', amount: { amountMinor: '-4200', currency: 'EUR' } },
      ],
    },
  ],
  nextCursor: null,
};

/** What the services answer about it, by the beginning of the path. */
const ANSWERS: ReadonlyArray<readonly [path: string, answer: unknown]> = [
  ['/api/intake/v1/attempts/', intake],
  ['/api/risk/v1/decisions/', risk],
  ['/api/gateway/v1/actions/', gateway],
  ['/api/ledger/v1/payments/', payment],
  ['/api/ledger/v1/journal', journal],
];

/** @returns undefined: a question about something else */
export function answerAboutAttempt(path: string): unknown {
  return ANSWERS.find(([beginning]) => path.startsWith(beginning))?.[1];
}

/** The approval of that attempt, for a list of those about it. */
export const approvalOfAttempt = approval;
