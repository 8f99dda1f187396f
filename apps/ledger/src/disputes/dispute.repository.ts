import { Injectable } from '@nestjs/common';
import type { PaymentDispute } from '@tollgate/contracts';
import type { Transaction } from '@tollgate/persistence';
import { isOpenDispute } from '../books/dispute.policy.ts';
import { formatInstant, toInstantUs } from '../books/instant.policy.ts';
import { toKeyColumns } from '../posting/payment.repository.ts';
import type { PaymentKey, StoredDisputeEvidence } from '../posting/payment.types.ts';
import type {
  DisputeKey,
  DisputeState,
  KeptReport,
  LockedDispute,
  ReportedDispute,
  StoredReport,
} from './dispute.types.ts';
import { findDisputeEvidence, findPaymentDisputes } from './sql/find-dispute-evidence.sql.ts';
import { keepDisputeEvidence } from './sql/keep-dispute-evidence.sql.ts';
import { keepDisputes, lockDisputes } from './sql/keep-disputes.sql.ts';
import { saveDisputes } from './sql/save-disputes.sql.ts';

interface DisputeRow {
  merchant_id: string;
  processor: string;
  dispute_id: string;
}

interface ReportRow extends DisputeRow {
  evidence_id: string;
  received_at_us: bigint;
  report: PaymentDispute;
}

/** Disputes and what was said about them, a batch at a time. */
@Injectable()
export class DisputeRepository {
  /** Locks the disputes' rows, made where there are none, in key order, and keeps the reports that say something new. */
  async open(
    tx: Transaction,
    reports: readonly ReportedDispute[],
  ): Promise<{ locked: LockedDispute[]; kept: KeptReport[] }> {
    const columns = toDisputeColumns(reports);
    const [, rows, kept] = await Promise.all([
      tx.query(keepDisputes, columns),
      tx.query<DisputeRow & { payment_id: string | null }>(lockDisputes, columns),
      tx.query<DisputeRow & { evidence_id: string }>(keepDisputeEvidence, [
        ...columns,
        reports.map((report) => report.dedupKey),
        reports.map((report) => report.evidenceId),
        reports.map((report) => report.reportedAs),
        reports.map((report) => formatInstant(report.receivedAtUs)),
        reports.map((report) => JSON.stringify(report.dispute)),
      ]),
    ]);
    return {
      locked: rows.map((row) => ({ ...toKey(row), paymentId: row.payment_id ?? undefined })),
      kept: kept.map((row) => ({ ...toKey(row), evidenceId: row.evidence_id })),
    };
  }

  /** All that was ever said about the disputes. */
  async findReports(tx: Transaction, keys: readonly DisputeKey[]): Promise<StoredReport[]> {
    const rows = await tx.query<ReportRow>(findDisputeEvidence, toDisputeColumns(keys));
    return rows.map((row) => ({ ...toKey(row), ...toEvidence(row) }));
  }

  /** All that was ever said about the disputes of these payments. */
  async findOfPayments(tx: Transaction, payments: readonly PaymentKey[]): Promise<StoredDisputeEvidence[]> {
    if (payments.length === 0) return [];
    const rows = await tx.query<ReportRow & { payment_id: string }>(findPaymentDisputes, toKeyColumns(payments));
    return rows.map((row) => ({ merchantId: row.merchant_id, paymentId: row.payment_id, ...toEvidence(row) }));
  }

  /** Writes down what the reports of each dispute amount to. */
  async save(tx: Transaction, states: readonly DisputeState[]): Promise<void> {
    await tx.query(saveDisputes, [JSON.stringify(states.map(toSavedRow))]);
  }
}

function toDisputeColumns(keys: readonly DisputeKey[]): [string[], string[], string[]] {
  return [
    keys.map((key) => key.merchantId),
    keys.map((key) => key.processor),
    keys.map((key) => key.processorDisputeId),
  ];
}

function toKey(row: DisputeRow): DisputeKey {
  return { merchantId: row.merchant_id, processor: row.processor, processorDisputeId: row.dispute_id };
}

function toEvidence(row: ReportRow) {
  return { evidenceId: row.evidence_id, receivedAtUs: row.received_at_us, dispute: row.report };
}

function toSavedRow({ merchantId, processor, processorDisputeId, facts }: DisputeState): object {
  const { reported } = facts;
  const receivedAtUs = reported?.version.receivedAtUs;
  const dueAtUs = toInstantUs(facts.challengeRequiredBy?.value);
  return {
    merchant_id: merchantId,
    processor,
    dispute_id: processorDisputeId,
    payment_id: facts.paymentId?.value,
    transaction_id: facts.transactionId?.value,
    order_id: facts.orderId?.value,
    type: reported?.value.type,
    status: reported?.value.status,
    is_open: isOpenDispute(facts),
    amount_minor: facts.amountMinor?.value.toString(),
    currency: facts.currency?.value,
    received_at: receivedAtUs === undefined ? undefined : formatInstant(receivedAtUs),
    challenge_required_by: dueAtUs === undefined ? undefined : formatInstant(dueAtUs),
    reason: facts.reason?.value,
    reason_code: facts.reasonCode?.value,
    processor_reason: facts.processorReason?.value,
  };
}
