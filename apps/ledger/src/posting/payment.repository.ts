import { Injectable } from '@nestjs/common';
import type { PaymentSnapshot } from '@tollgate/contracts';
import type { Transaction } from '@tollgate/persistence';
import { toSaleAmounts } from '../books/facts.policy.ts';
import { formatInstant } from '../books/instant.policy.ts';
import { POSITION_VERSION } from '../books/position.policy.ts';
import type { Position } from '../books/posting.types.ts';
import {
  toKeyText,
  type KeptEvidence,
  type LockedPayment,
  type PaymentKey,
  type PaymentState,
  type ReportedEvidence,
  type StoredEvidence,
} from './payment.types.ts';
import { findEvidence } from './sql/find-evidence.sql.ts';
import { keepEvidence } from './sql/keep-evidence.sql.ts';
import { keepPayments } from './sql/keep-payments.sql.ts';
import { lockPayments } from './sql/lock-payments.sql.ts';
import { savePayments } from './sql/save-payments.sql.ts';

interface KeyRow {
  merchant_id: string;
  payment_id: string;
}

interface PaymentRow extends KeyRow {
  is_disputed: boolean;
  attempt_id: string | null;
  decided_order_id: string | null;
  decided_minor: string | null;
  decided_currency: string | null;
}

interface KeptRow extends KeyRow {
  evidence_id: string;
}

interface EvidenceRow extends KeptRow {
  origin: 'webhook' | 'read';
  received_at_us: bigint;
  snapshot: PaymentSnapshot;
}

/** Payments and their evidence, a batch at a time. */
@Injectable()
export class PaymentRepository {
  /**
   * Locks the payments' rows, made where there are none, in an order that is the same for every poster, and keeps the
   * evidence that says something new.
   * @param first what a row that is made starts with
   * @returns the payments, and what was new
   */
  async open(
    tx: Transaction,
    first: readonly PaymentState[],
    evidence: readonly ReportedEvidence[],
  ): Promise<{ locked: LockedPayment[]; kept: KeptEvidence[] }> {
    // Side by side, none deeper in promises than another: the error of the first that fails is the one that is told.
    const [made, rows, kept] = await Promise.all([
      tx.query<KeyRow>(keepPayments, [toSavedRows(first)]),
      tx.query<PaymentRow>(lockPayments, toKeyColumns(first)),
      evidence.length === 0 ? [] : tx.query<KeptRow>(keepEvidence, toEvidenceColumns(evidence)),
    ]);
    const newKeys = new Set(made.map((row) => toKeyText(toKey(row))));
    return {
      locked: rows.map((row) => toLocked(row, newKeys)),
      kept: kept.map((row) => ({ ...toKey(row), evidenceId: row.evidence_id })),
    };
  }

  /** All that was ever said about the payments. */
  async findEvidence(tx: Transaction, keys: readonly PaymentKey[]): Promise<StoredEvidence[]> {
    if (keys.length === 0) return [];
    const rows = await tx.query<EvidenceRow>(findEvidence, toKeyColumns(keys));
    return rows.map((row) => ({
      ...toKey(row),
      evidenceId: row.evidence_id,
      origin: row.origin,
      receivedAtUs: row.received_at_us,
      snapshot: row.snapshot,
    }));
  }

  /** Writes down what the evidence of each payment amounts to. */
  async save(tx: Transaction, states: readonly PaymentState[]): Promise<void> {
    if (states.length === 0) return;
    await tx.query(savePayments, [toSavedRows(states)]);
  }
}

/** Two columns, merchants and payments, as the statements take them. */
export function toKeyColumns(keys: readonly PaymentKey[]): [string[], string[]] {
  return [keys.map((key) => key.merchantId), keys.map((key) => key.paymentId)];
}

function toKey(row: KeyRow): PaymentKey {
  return { merchantId: row.merchant_id, paymentId: row.payment_id };
}

function toLocked(row: PaymentRow, newKeys: ReadonlySet<string>): LockedPayment {
  const key = toKey(row);
  const isNew = newKeys.has(toKeyText(key));
  const isDisputed = row.is_disputed;
  if (row.attempt_id === null) return { ...key, isNew, isDisputed, attempt: undefined };
  const attempt = {
    paymentAttemptId: row.attempt_id,
    orderId: row.decided_order_id ?? '',
    amountMinor: BigInt(row.decided_minor ?? 0),
    currency: row.decided_currency ?? '',
  };
  return { ...key, isNew, isDisputed, attempt };
}

function toEvidenceColumns(evidence: readonly ReportedEvidence[]): unknown[][] {
  return [
    ...toKeyColumns(evidence),
    evidence.map((each) => each.dedupKey),
    evidence.map((each) => each.evidenceId),
    evidence.map((each) => each.origin),
    evidence.map((each) => each.reportedAs),
    evidence.map((each) => formatInstant(each.effectiveAtUs)),
    evidence.map((each) => formatInstant(each.receivedAtUs)),
    evidence.map((each) => JSON.stringify(each.snapshot)),
  ];
}

function toSavedRows(states: readonly PaymentState[]): string {
  return JSON.stringify(states.map(toSavedRow));
}

function toSavedRow({ merchantId, paymentId, facts, effectiveAtUs, flags, position }: PaymentState): object {
  const amounts = toSaleAmounts(facts);
  return {
    merchant_id: merchantId,
    payment_id: paymentId,
    status: facts.reported?.value,
    effective_at: effectiveAtUs === undefined ? undefined : formatInstant(effectiveAtUs),
    order_id: facts.orderId?.value ?? facts.attempt?.orderId,
    currency: facts.currency?.value ?? facts.attempt?.currency,
    processor_name: facts.processorName?.value,
    authorized_minor: amounts.authorizedMinor.toString(),
    authorized_from: amounts.authorizedFrom,
    captured_minor: amounts.capturedMinor.toString(),
    refunded_minor: amounts.refundedMinor.toString(),
    is_final: amounts.isFinal,
    is_disputed: facts.disputes !== undefined,
    flags,
    position: toPositionJson(position),
    position_version: POSITION_VERSION,
    attempt_id: facts.attempt?.paymentAttemptId,
    decided_order_id: facts.attempt?.orderId,
    decided_minor: facts.attempt?.amountMinor.toString(),
    decided_currency: facts.attempt?.currency,
  };
}

function toPositionJson(position: Position): object[] {
  return position.map((posting) => ({ ...posting, amountMinor: posting.amountMinor.toString() }));
}
