import { randomBytes, randomUUID } from 'node:crypto';

import { DEFAULT_CLOCKS, deriveClocks } from '@tollgate/contracts';
import type {
  AttemptClocks,
  AttemptConcludedData,
  AttemptDecidedData,
  AttemptTokenisedData,
  PaymentSnapshot,
  PaymentStatusReportedData,
} from '@tollgate/contracts';

/** The merchant that samples belong to, unless told otherwise. */
export const SAMPLE_MERCHANT = 'merchant-sample';

/** A short id that no other sample has, readable in failures: `order-3f9a1c…`. */
export function sampleId(kind: string): string {
  return `${kind}-${randomBytes(6).toString('hex')}`;
}

/** Clocks of an attempt first received now. */
export function sampleClocks(firstReceipt = new Date()): AttemptClocks {
  return deriveClocks(firstReceipt, DEFAULT_CLOCKS);
}

/** An attempt over 42.00 EUR by a Visa card, with fresh ids. */
export function tokenisedAttempt(overrides: Partial<AttemptTokenisedData> = {}): AttemptTokenisedData {
  return {
    merchantId: SAMPLE_MERCHANT,
    paymentAttemptId: randomUUID(),
    clientSessionId: sampleId('session'),
    instrument: sampleId('instrument'),
    order: { orderId: sampleId('order'), amountMinor: '4200', currency: 'EUR', customerId: sampleId('customer') },
    paymentMethod: { paymentInstrumentType: 'PAYMENT_CARD', network: 'VISA', bin: '411111', last4: '1111' },
    clocks: sampleClocks(),
    ...overrides,
  };
}

/** A decision of the rules to approve; what it is about is taken from `attempt`. */
export function decidedAttempt(
  attempt: AttemptTokenisedData = tokenisedAttempt(),
  overrides: Partial<AttemptDecidedData> = {},
): AttemptDecidedData {
  return {
    ...sharedParts(attempt),
    decision: 'APPROVE',
    source: 'rules',
    reason: 'no-rule-matched',
    decidedAt: new Date().toISOString(),
    ...overrides,
  };
}

/** An outcome: approved, with a payment. */
export function concludedAttempt(
  attempt: AttemptTokenisedData = tokenisedAttempt(),
  overrides: Partial<AttemptConcludedData> = {},
): AttemptConcludedData {
  const now = new Date().toISOString();
  return {
    ...sharedParts(attempt),
    decision: { decision: 'APPROVE', source: 'rules', reason: 'no-rule-matched', decidedAt: now },
    outcome: 'APPROVED',
    paymentId: sampleId('payment'),
    charged: 'yes',
    retryable: false,
    shopperCode: 'APPROVED',
    reason: 'no-rule-matched',
    concludedAt: now,
    ...overrides,
  };
}

/** A payment of 42.00 EUR as a delivery or a read shows it: authorised, nothing captured. */
export function paymentSnapshotSample(overrides: Partial<PaymentSnapshot> = {}): PaymentSnapshot {
  const providerInstant = new Date().toISOString().replace('Z', '000');
  return {
    paymentId: sampleId('payment'),
    status: 'AUTHORIZED',
    orderId: sampleId('order'),
    currency: 'EUR',
    amountMinor: '4200',
    date: providerInstant,
    dateUpdated: providerInstant,
    processorName: 'processor-sample',
    transactions: [],
    ...overrides,
  };
}

/** A payment's state as the ledger announces it. */
export function reportedPaymentStatus(
  snapshot: PaymentSnapshot = paymentSnapshotSample(),
  overrides: Partial<PaymentStatusReportedData> = {},
): PaymentStatusReportedData {
  return {
    merchantId: SAMPLE_MERCHANT,
    paymentId: snapshot.paymentId,
    evidenceId: randomUUID(),
    origin: 'webhook',
    reportedAs: 'PAYMENT.STATUS',
    receivedAt: new Date().toISOString(),
    snapshot,
    ...overrides,
  };
}

function sharedParts(attempt: AttemptTokenisedData) {
  const { orderId, amountMinor, currency } = attempt.order;
  return {
    merchantId: attempt.merchantId,
    paymentAttemptId: attempt.paymentAttemptId,
    clientSessionId: attempt.clientSessionId,
    order: { orderId, amountMinor, currency },
    clocks: attempt.clocks ?? sampleClocks(),
  };
}
