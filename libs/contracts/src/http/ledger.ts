import { z } from 'zod';
import { outsideId, paymentAttemptId } from '../ids.ts';
import { amountMinorText, anyCurrency, moneyAnswer } from '../money.ts';
import { listOf } from './operations.ts';

const instant = z.iso.datetime({ offset: true });
const optionalFilter = outsideId.optional();

/** Most items on one page. */
export const LEDGER_PAGE_MAX = 200;

const page = {
  merchantId: optionalFilter.meta({ description: 'Only this merchant' }),
  cursor: z.string().max(512).optional().meta({ description: '`nextCursor` of the page before' }),
  limit: z.coerce.number().int().min(1).max(LEDGER_PAGE_MAX).default(50),
};

/** Answer to every webhook that was taken, whatever became of it. */
export const webhookAnswer = z.object({ received: z.literal(true) }).meta({ id: 'WebhookReceived' });

export const layerName = z
  .enum(['pending', 'posted'])
  .meta({ description: 'pending: promised or under way; posted: money that was captured or moved' });

export const postingAnswer = z
  .object({
    account: z.string(),
    layer: layerName,
    amount: moneyAnswer.meta({ description: 'Positive: debit. Negative: credit.' }),
  })
  .meta({ id: 'Posting' });
export type PostingAnswer = z.infer<typeof postingAnswer>;

const evidenceAnswer = z
  .object({
    evidenceId: z.string(),
    origin: z.enum(['webhook', 'read']),
    reportedAs: z.string().meta({ description: 'The webhook type, or READ' }),
    status: z.string(),
    effectiveAt: instant.meta({ description: "The provider's time of what it says" }),
    receivedAt: instant,
  })
  .meta({ id: 'PaymentEvidence' });

const attemptLinkAnswer = z
  .object({ paymentAttemptId, decided: moneyAnswer, orderId: z.string() })
  .meta({ id: 'PaymentAttemptLink', description: 'The attempt of ours that led to the payment' });

const refundAnswer = z
  .object({
    refundId: z.string().meta({ description: "The refund's transaction id; `#n` where the provider gives none" }),
    state: z.enum(['under-way', 'settled', 'failed', 'unknown']),
    status: z.string().nullable().meta({ description: "The transaction's newest status; open list" }),
    amount: moneyAnswer.nullable().meta({ description: 'null while nobody has told it' }),
    orderId: z.string().nullable().meta({ description: "The refund's own reference" }),
  })
  .meta({ id: 'PaymentRefund' });
export type RefundAnswer = z.infer<typeof refundAnswer>;

const failedOperationAnswer = z
  .object({
    evidenceId: z.string(),
    reportedAs: z.string().meta({ description: 'For example PAYMENT.CAPTURE.FAILED' }),
    requestedMinor: amountMinorText.nullable().meta({ description: 'What was asked for, where the webhook says' }),
    receivedAt: instant,
  })
  .meta({ id: 'FailedOperation', description: 'A try that failed at the provider; it moved no books' });

export const disputeAnswer = z
  .object({
    merchantId: z.string(),
    processor: z.string(),
    processorDisputeId: z.string(),
    paymentId: z.string().nullable().meta({ description: 'null while no report has named it' }),
    transactionId: z.string().nullable(),
    orderId: z.string().nullable(),
    type: z.string().nullable().meta({ description: 'RETRIEVAL, DISPUTE, PREARBITRATION; open list' }),
    status: z.string().meta({ description: 'OPEN, CHALLENGED, ACCEPTED, EXPIRED, CANCELLED, WON, LOST; open list' }),
    isOpen: z.boolean().meta({ description: 'Somebody may still have to do something' }),
    amount: moneyAnswer.nullable().meta({ description: 'null while no amount, or no currency, is known' }),
    challengeRequiredBy: instant.nullable().meta({ description: 'Until when it can be challenged' }),
    reason: z.string().nullable(),
    reasonCode: z.string().nullable(),
    processorReason: z.string().nullable(),
    receivedAt: instant.nullable().meta({ description: "The provider's time of the newest report" }),
    firstHeardAt: instant,
    isPaymentKnown: z.boolean().meta({ description: 'false: it waits for its payment, and moves no books until then' }),
    isVerifiable: z.literal(false).meta({ description: 'A dispute cannot be read back from the provider' }),
  })
  .meta({ id: 'Dispute' });
export type DisputeAnswer = z.infer<typeof disputeAnswer>;

export const listDisputesQuery = z.object({
  ...page,
  paymentId: optionalFilter,
  status: z.string().max(64).optional(),
  open: z
    .enum(['true', 'false'])
    .optional()
    .meta({ description: 'true: only disputes that are still open; false: only those that are not' }),
  dueBy: z.iso
    .datetime({ offset: true })
    .optional()
    .meta({ description: 'Only disputes that have to be challenged by then' }),
});
export type ListDisputesQuery = z.output<typeof listDisputesQuery>;
export const disputeListAnswer = listOf(disputeAnswer).meta({ id: 'DisputeList' });
export type DisputeListAnswer = z.infer<typeof disputeListAnswer>;

const summaryFields = {
  paymentId: z.string(),
  merchantId: z.string(),
  status: z.string().meta({ description: 'Newest status that was reported; open list' }),
  orderId: z.string().nullable(),
  authorized: moneyAnswer.nullable().meta({ description: 'null while the currency is unknown' }),
  captured: moneyAnswer.nullable(),
  refunded: moneyAnswer.nullable().meta({ description: 'Given back or on its way' }),
  flags: z.array(z.string()).meta({ description: 'What an operator should know, for example UNGATED_PAYMENT' }),
  firstHeardAt: instant,
  effectiveAt: instant.meta({ description: 'Time of the newest snapshot' }),
};

export const paymentSummaryAnswer = z.object(summaryFields).meta({ id: 'PaymentSummary' });
export type PaymentSummaryAnswer = z.infer<typeof paymentSummaryAnswer>;

export const paymentAnswer = z
  .object({
    ...summaryFields,
    facts: z.object({
      authorizedFrom: z
        .enum(['event', 'stated', 'status', 'decision', 'unknown'])
        .meta({ description: 'decision: assumed from what was decided; unknown: taken to be what was captured' }),
      isFinal: z.boolean().meta({ description: 'No capture will follow' }),
      processorName: z.string().nullable(),
    }),
    position: z.array(postingAnswer).meta({ description: 'What the books hold because of this payment' }),
    positionVersion: z.int(),
    attempt: attemptLinkAnswer.nullable(),
    refunds: z.array(refundAnswer),
    disputes: z.array(disputeAnswer),
    failedOperations: z.array(failedOperationAnswer),
    evidence: z.array(evidenceAnswer),
    nextReadAt: instant.nullable().meta({ description: 'When it will be read back from Primer; null: no more' }),
    lastReadAt: instant.nullable(),
  })
  .meta({ id: 'LedgerPayment' });
export type PaymentAnswer = z.infer<typeof paymentAnswer>;

export const listPaymentsQuery = z.object({
  ...page,
  status: z.string().max(64).optional(),
  orderId: optionalFilter,
  flag: z
    .string()
    .max(64)
    .optional()
    .meta({ description: 'Only payments with this flag, for example UNGATED_PAYMENT' }),
});
export type ListPaymentsQuery = z.output<typeof listPaymentsQuery>;
export const paymentListAnswer = listOf(paymentSummaryAnswer).meta({ id: 'LedgerPaymentList' });
export type PaymentListAnswer = z.infer<typeof paymentListAnswer>;

export const readPaymentQuery = z.object({ merchantId: page.merchantId });

export const journalEntryAnswer = z
  .object({
    entryId: z.string(),
    merchantId: z.string(),
    paymentId: z.string(),
    evidenceId: z.string().nullable().meta({ description: 'null: only the link to an attempt made it' }),
    positionVersion: z.int(),
    effectiveAt: instant.meta({ description: 'When it became true, by the provider' }),
    recordedAt: instant.meta({ description: 'When we wrote it' }),
    postings: z.array(postingAnswer),
  })
  .meta({ id: 'JournalEntry' });
export type JournalEntryAnswer = z.infer<typeof journalEntryAnswer>;

export const listJournalQuery = z.object({ ...page, paymentId: optionalFilter });
export type ListJournalQuery = z.output<typeof listJournalQuery>;
export const journalAnswer = listOf(journalEntryAnswer).meta({ id: 'Journal' });
export type JournalAnswer = z.infer<typeof journalAnswer>;

export const accountAnswer = z
  .object({
    merchantId: z.string(),
    account: z.string(),
    type: z.string(),
    pending: moneyAnswer,
    posted: moneyAnswer,
  })
  .meta({ id: 'LedgerAccount' });
export type AccountAnswer = z.infer<typeof accountAnswer>;

export const listAccountsQuery = z.object({ ...page, currency: anyCurrency.optional() });
export type ListAccountsQuery = z.output<typeof listAccountsQuery>;
export const accountListAnswer = listOf(accountAnswer).meta({ id: 'LedgerAccountList' });
export type AccountListAnswer = z.infer<typeof accountListAnswer>;

const pastMoment = instant.refine((text) => !text.startsWith('0000'), { error: 'there is no year 0' });

export const trialBalanceQuery = z.object({
  merchantId: page.merchantId,
  effectiveBy: pastMoment.optional().meta({ description: 'Only what had become true by then' }),
  recordedBy: pastMoment.optional().meta({ description: 'Only what we had written by then' }),
});
export type TrialBalanceQuery = z.output<typeof trialBalanceQuery>;

export const trialBalanceAnswer = z
  .object({
    balanced: z.boolean().meta({ description: 'Every sum is zero and the cached balances equal the fold' }),
    cacheAgrees: z
      .boolean()
      .nullable()
      .meta({ description: 'Cached balances equal the fold of all postings; null for a past moment' }),
    sums: z.array(
      z.object({
        currency: anyCurrency,
        layer: layerName,
        debitsMinor: z.string(),
        creditsMinor: z.string(),
        sumMinor: z.string(),
        balanced: z.boolean(),
        accounts: z.array(z.object({ account: z.string(), type: z.string(), balanceMinor: amountMinorText })),
      }),
    ),
    differences: z
      .array(
        z.object({
          merchantId: z.string(),
          account: z.string(),
          currency: anyCurrency,
          layer: layerName,
          cachedMinor: z.string(),
          foldedMinor: z.string(),
        }),
      )
      .meta({
        description: 'Cached balances that differ from the fold; always empty unless the books were tampered with',
      }),
  })
  .meta({ id: 'TrialBalance' });
export type TrialBalanceAnswer = z.infer<typeof trialBalanceAnswer>;

export const setAsideWebhookAnswer = z
  .object({
    deliveryId: z.string(),
    merchantId: z.string(),
    verdict: z.enum(['NOT_UNDERSTOOD', 'STALE']),
    reason: z.string(),
    reportedAs: z.string().nullable(),
    paymentId: z.string().nullable().meta({ description: 'Read back from Primer, where one could be told' }),
    signedAt: instant.nullable(),
    receivedAt: instant,
    bodyBytes: z.int(),
  })
  .meta({ id: 'SetAsideWebhook' });
export type SetAsideWebhookAnswer = z.infer<typeof setAsideWebhookAnswer>;

export const listSetAsideQuery = z.object({ ...page, verdict: z.enum(['NOT_UNDERSTOOD', 'STALE']).optional() });
export type ListSetAsideQuery = z.output<typeof listSetAsideQuery>;
export const setAsideListAnswer = listOf(setAsideWebhookAnswer).meta({ id: 'SetAsideWebhookList' });
export type SetAsideListAnswer = z.infer<typeof setAsideListAnswer>;
