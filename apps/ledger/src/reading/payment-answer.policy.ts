import type { PaymentAnswer, PaymentSummaryAnswer, PostingAnswer, RefundAnswer } from '@tollgate/contracts';
import { mergeFacts, NO_FACTS, toFacts } from '../books/facts.policy.ts';
import { formatInstant } from '../books/instant.policy.ts';
import type { Layer } from '../books/posting.types.ts';
import { toRefundState } from '../books/refund.policy.ts';
import { toDisputeAnswer } from './dispute-answer.policy.ts';
import type { EvidenceRow, PaymentDetails, PaymentRow } from './payment-row.types.ts';

/** A payment as lists show it. */
export function toPaymentSummary(row: PaymentRow): PaymentSummaryAnswer {
  const { currency } = row;
  const money = (amountMinor: string) => (currency === null ? null : { amountMinor, currency });
  return {
    paymentId: row.payment_id,
    merchantId: row.merchant_id,
    status: row.status,
    orderId: row.order_id,
    authorized: money(row.authorized_minor),
    captured: money(row.captured_minor),
    refunded: money(row.refunded_minor),
    flags: row.flags,
    firstHeardAt: formatInstant(row.first_heard_at_us),
    effectiveAt: formatInstant(row.effective_at_us),
  };
}

/** A payment with all that is known about it. */
export function toPaymentAnswer({ payment: row, evidence, disputes, failures }: PaymentDetails): PaymentAnswer {
  return {
    ...toPaymentSummary(row),
    facts: { authorizedFrom: row.authorized_from, isFinal: row.is_final, processorName: row.processor_name },
    position: row.position.map(toPostingAnswer),
    positionVersion: row.position_version,
    attempt:
      row.attempt_id === null
        ? null
        : {
            paymentAttemptId: row.attempt_id,
            orderId: row.decided_order_id ?? '',
            decided: { amountMinor: row.decided_minor ?? '0', currency: row.decided_currency ?? '' },
          },
    refunds: toRefundAnswers(evidence, row.currency),
    disputes: disputes.map(toDisputeAnswer),
    failedOperations: failures.map((each) => ({
      evidenceId: each.delivery_id,
      reportedAs: each.reported_as,
      requestedMinor: each.requested_minor,
      receivedAt: formatInstant(each.received_at_us),
    })),
    evidence: evidence.map((each) => ({
      evidenceId: each.evidence_id,
      origin: each.origin,
      reportedAs: each.reported_as,
      status: each.snapshot.status,
      effectiveAt: formatInstant(each.effective_at_us),
      receivedAt: formatInstant(each.received_at_us),
    })),
    nextReadAt: row.next_read_at_us === null ? null : formatInstant(row.next_read_at_us),
    lastReadAt: row.last_read_at_us === null ? null : formatInstant(row.last_read_at_us),
  };
}

/** The refunds that all evidence together tells of, as the books see them. */
function toRefundAnswers(evidence: readonly EvidenceRow[], saleCurrency: string | null): RefundAnswer[] {
  const { refunds } = evidence.map(({ snapshot }) => toFacts(snapshot)).reduce(mergeFacts, NO_FACTS);
  return [...(refunds ?? [])].map(([refundId, { reported, status, amountMinor, currency, orderId }]) => {
    const code = currency?.value ?? saleCurrency;
    const isKnown = amountMinor !== undefined && code !== null;
    return {
      refundId,
      state: toRefundState(status?.value) ?? 'unknown',
      status: reported?.value ?? null,
      amount: isKnown ? { amountMinor: amountMinor.value.toString(), currency: code } : null,
      orderId: orderId?.value ?? null,
    };
  });
}

function toPostingAnswer(posting: {
  account: string;
  currency: string;
  layer: Layer;
  amountMinor: string;
}): PostingAnswer {
  const { account, currency, layer, amountMinor } = posting;
  return { account, layer, amount: { amountMinor, currency } };
}
