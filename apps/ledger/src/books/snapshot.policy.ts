import { hash } from 'node:crypto';
import { PAYMENT_STATUSES, type PaymentSnapshot, type PaymentStatus } from '@tollgate/contracts';
import { toInstantUs } from './instant.policy.ts';
import { compareOptional, compareTexts } from './order.policy.ts';

/** How far a payment has come in each status; settles two snapshots of the same microsecond. */
const STATUS_RANK: Readonly<Record<PaymentStatus, number>> = {
  PENDING: 0,
  AUTHORIZED: 1,
  FAILED: 2,
  DECLINED: 3,
  CANCELLED: 4,
  SETTLING: 5,
  PARTIALLY_SETTLED: 6,
  SETTLED: 7,
};

const CAPTURE_EVENT = 'CAPTURE_SUCCEEDED';

/**
 * Where a snapshot stands among all snapshots of its payment. A total order: two versions are equal only when the
 * snapshots say the same.
 */
export interface SnapshotVersion {
  /** `dateUpdated`, microseconds; undefined (missing, or no real date) counts as the oldest. */
  readonly updatedAtUs: bigint | undefined;
  readonly statusRank: number;
  readonly capturedMinor: bigint | undefined;
  readonly refundedMinor: bigint | undefined;
  readonly transactionCount: number;
  /** SHA-256 of all that the snapshot says, so that only equal content is equal. */
  readonly digest: string;
}

/** True for a status of the provider's documents (API v2.4). */
export function isKnownStatus(status: string): status is PaymentStatus {
  return (PAYMENT_STATUSES as readonly string[]).includes(status);
}

/** The version of a snapshot in the order that decides which one is newest. */
export function toVersion(snapshot: PaymentSnapshot): SnapshotVersion {
  return {
    updatedAtUs: toInstantUs(snapshot.dateUpdated),
    statusRank: isKnownStatus(snapshot.status) ? STATUS_RANK[snapshot.status] : -1,
    capturedMinor: toCaptured(snapshot),
    refundedMinor: toAmount(snapshot.amountRefundedMinor),
    transactionCount: snapshot.transactions.length,
    // Two snapshots seldom tie in all else: taken when it is asked for.
    get digest() {
      return toContentDigest(snapshot);
    },
  };
}

/** Negative when `a` is older than `b`, positive when newer, 0 only for equal content. */
export function compareVersions(a: SnapshotVersion, b: SnapshotVersion): number {
  return (
    compareOptional(a.updatedAtUs, b.updatedAtUs) ||
    a.statusRank - b.statusRank ||
    compareOptional(a.capturedMinor, b.capturedMinor) ||
    compareOptional(a.refundedMinor, b.refundedMinor) ||
    a.transactionCount - b.transactionCount ||
    compareTexts(a.digest, b.digest)
  );
}

/**
 * What one snapshot says was captured: the processor's sum, else the capture events, else `amount`, which means the
 * captured amount from SETTLING on (provider's documents, API v2.4). Undefined when it says nothing about it.
 */
export function toCaptured(snapshot: PaymentSnapshot): bigint | undefined {
  if (snapshot.amountCapturedMinor !== undefined) return BigInt(snapshot.amountCapturedMinor);
  const captures = toCapturedByEvents(snapshot);
  if (captures !== undefined) return captures;
  const amountIsCaptured = snapshot.status === 'SETTLING' || snapshot.status === 'SETTLED';
  return amountIsCaptured ? toAmount(snapshot.amountMinor) : undefined;
}

/** True when an event of the snapshot says that no capture will follow. */
export function hasFinalCapture(snapshot: PaymentSnapshot): boolean {
  return (snapshot.events ?? []).some((event) => event.type === CAPTURE_EVENT && event.final === true);
}

/**
 * The name under which a snapshot has an effect once, whatever number of deliveries and reads bring it, as
 * PAYMENT.STATUS, PAYMENT.REFUND or the answer to a read: merchant, payment id, `dateUpdated`, status, the money with
 * each transaction's id, type, status and amount, and whatever else facts are made of (names, and events, which only
 * some reads show). Times are compared as instants, lists without their order.
 */
export function toDedupKey(merchantId: string, snapshot: PaymentSnapshot): string {
  return sha256(JSON.stringify(['payment', merchantId, snapshot.paymentId, toContentDigest(snapshot)]));
}

/** SHA-256 over status and money alone: two snapshots of one instant that differ here contradict each other. */
export function toMoneyDigest(snapshot: PaymentSnapshot): string {
  const transactions = snapshot.transactions.map((each) =>
    canonicalJson([each.id, each.type, each.status, each.amountMinor]),
  );
  return sha256(
    canonicalJson([
      snapshot.status,
      snapshot.currency,
      snapshot.amountMinor,
      snapshot.amountCapturedMinor,
      snapshot.amountRefundedMinor,
      transactions.toSorted(),
    ]),
  );
}

/** What is wrong with a snapshot taken by itself; each is counted and settled by reading the payment. */
export type Contradiction =
  | 'UNDATED'
  | 'CAPTURED_WHILE_NOT_AUTHORIZED'
  | 'NOTHING_CAPTURED_WHILE_SETTLING'
  | 'REFUNDED_MORE_THAN_CAPTURED'
  | 'CAPTURE_EVENTS_DIFFER';

/** Names what in one snapshot cannot be true at once, or cannot be put in order. */
export function findContradictions(snapshot: PaymentSnapshot): Contradiction[] {
  const found: Contradiction[] = [];
  const captured = toCaptured(snapshot);
  const byEvents = toCapturedByEvents(snapshot);
  const notAuthorized = ['PENDING', 'DECLINED', 'FAILED'].includes(snapshot.status);
  const settling = ['SETTLING', 'PARTIALLY_SETTLED', 'SETTLED'].includes(snapshot.status);
  if (toInstantUs(snapshot.dateUpdated) === undefined) found.push('UNDATED');
  if (notAuthorized && captured !== undefined && captured > 0n) found.push('CAPTURED_WHILE_NOT_AUTHORIZED');
  if (settling && captured === 0n && (toAmount(snapshot.amountMinor) ?? 0n) > 0n) {
    found.push('NOTHING_CAPTURED_WHILE_SETTLING');
  }
  if ((toAmount(snapshot.amountRefundedMinor) ?? 0n) > (captured ?? 0n)) found.push('REFUNDED_MORE_THAN_CAPTURED');
  if (byEvents !== undefined && captured !== byEvents) found.push('CAPTURE_EVENTS_DIFFER');
  return found;
}

/** A decimal string that the contract's schema has accepted, as minor units. */
export function toAmount(amountMinor: string | undefined): bigint | undefined {
  return amountMinor === undefined ? undefined : BigInt(amountMinor);
}

/** The sum of the capture events; undefined where the snapshot shows none, or not their amounts. */
export function toCapturedByEvents(snapshot: PaymentSnapshot): bigint | undefined {
  const captures = (snapshot.events ?? []).filter((event) => event.type === CAPTURE_EVENT);
  if (captures.length === 0 || captures.some((event) => event.amountMinor === undefined)) return undefined;
  return captures.reduce((sum, event) => sum + BigInt(event.amountMinor ?? 0), 0n);
}

function toContentDigest(snapshot: PaymentSnapshot): string {
  const { date, dateUpdated, transactions, events = [], ...rest } = snapshot;
  return sha256(
    canonicalJson({
      ...rest,
      date: instantText(date),
      dateUpdated: instantText(dateUpdated),
      transactions: transactions.map((each) => canonicalJson({ ...each, date: instantText(each.date) })).toSorted(),
      events: events.map((event) => canonicalJson({ ...event, at: instantText(event.at) })).toSorted(),
    }),
  );
}

/** Equal instants read equal, however many zeros they are written with; what is no date stays as it is. */
function instantText(text: string | undefined): string | undefined {
  return toInstantUs(text)?.toString() ?? text;
}

/** JSON with sorted keys, absent fields as null in lists and left out in objects. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = value as Readonly<Record<string, unknown>>;
  const names = Object.keys(fields).toSorted();
  const said = names.filter((name) => fields[name] !== undefined);
  return `{${said.map((name) => `${JSON.stringify(name)}:${canonicalJson(fields[name])}`).join()}}`;
}

function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}
