import type { PaymentSnapshot } from '@tollgate/contracts';
import { compact, mergeMaps, newer, newerBy, type Claim } from './claim.policy.ts';
import { compareOptional, compareTexts } from './order.policy.ts';
import { compareVersions, isKnownStatus, toAmount, toVersion, type SnapshotVersion } from './snapshot.policy.ts';

/** Where a refund stands. `failed` also where it was declined or cancelled: nothing was given back. */
export type RefundState = 'under-way' | 'settled' | 'failed';

/** What all evidence says about one refund transaction, merged field by field. */
export interface RefundFacts {
  /** The newest status of all, known to us or not. */
  readonly reported?: Claim<string, RefundVersion>;
  /** The newest status that we know what to do with. */
  readonly status?: Claim<string, RefundVersion>;
  readonly amountMinor?: Claim<bigint>;
  readonly currency?: Claim<string>;
  readonly processorName?: Claim<string>;
  readonly orderId?: Claim<string>;
}

/**
 * Where a refund's status stands among all that was said of it. Whether a refund moves the payment's `dateUpdated` is
 * not documented, so the refund's own progress comes right after the time: one that has settled may still bounce, one
 * that failed is tried again as another transaction.
 */
export interface RefundVersion {
  readonly updatedAtUs: bigint | undefined;
  readonly progress: number;
  readonly snapshot: SnapshotVersion;
}

type Transaction = PaymentSnapshot['transactions'][number];

const PROGRESS: Readonly<Record<RefundState, number>> = { 'under-way': 1, settled: 2, failed: 3 };

/** The state that a refund's transaction status means; undefined for a status that nobody knows. */
export function toRefundState(status: string | undefined): RefundState | undefined {
  if (status === undefined || !isKnownStatus(status)) return undefined;
  if (status === 'SETTLED') return 'settled';
  return status === 'FAILED' || status === 'DECLINED' || status === 'CANCELLED' ? 'failed' : 'under-way';
}

/** 0 for a status that nobody knows. */
function toProgress(status: string | undefined): number {
  const state = toRefundState(status);
  return state === undefined ? 0 : PROGRESS[state];
}

/** What one snapshot says about refunds, by the refund's id; undefined where it tells of none. */
export function toRefunds(snapshot: PaymentSnapshot): ReadonlyMap<string, RefundFacts> | undefined {
  const refunds = findRefunds(snapshot);
  if (refunds.length === 0) return undefined;
  const version = toVersion(snapshot);
  const claim = <T>(value: T | undefined): Claim<T> | undefined =>
    value === undefined ? undefined : { version, value };
  return new Map(
    refunds.map(({ refundId, transaction, amountMinor }) => {
      const { status, currency, processorName, orderId } = transaction;
      const told = { updatedAtUs: version.updatedAtUs, progress: toProgress(status), snapshot: version };
      const reported = status === undefined ? undefined : { version: told, value: status };
      const facts = compact<RefundFacts>({
        reported,
        status: toRefundState(status) === undefined ? undefined : reported,
        amountMinor: claim(amountMinor),
        currency: claim(currency),
        processorName: claim(processorName),
        orderId: claim(orderId),
      });
      return [refundId, facts];
    }),
  );
}

/** The join of what two sets of evidence say about refunds. */
export function mergeRefunds(
  a: ReadonlyMap<string, RefundFacts> | undefined,
  b: ReadonlyMap<string, RefundFacts> | undefined,
): ReadonlyMap<string, RefundFacts> | undefined {
  return mergeMaps(a, b, (one, other) =>
    compact<RefundFacts>({
      reported: newerBy(one.reported, other.reported, compareRefundVersions),
      status: newerBy(one.status, other.status, compareRefundVersions),
      amountMinor: newer(one.amountMinor, other.amountMinor),
      currency: newer(one.currency, other.currency),
      processorName: newer(one.processorName, other.processorName),
      orderId: newer(one.orderId, other.orderId),
    }),
  );
}

/** The amount of all refunds in one of these states; those without a known amount count for nothing. Minor units. */
export function sumRefunds(
  refunds: ReadonlyMap<string, RefundFacts> | undefined,
  states: readonly RefundState[],
): bigint {
  let sumMinor = 0n;
  for (const { status, amountMinor } of refunds?.values() ?? []) {
    const state = toRefundState(status?.value);
    if (state !== undefined && states.includes(state)) sumMinor += amountMinor?.value ?? 0n;
  }
  return sumMinor;
}

/** True while one of the refunds has neither settled nor failed. */
export function hasRefundUnderWay(refunds: ReadonlyMap<string, RefundFacts> | undefined): boolean {
  return [...(refunds?.values() ?? [])].some(({ status }) => toRefundState(status?.value) === 'under-way');
}

/** True for a refund in effect whose amount nobody has told. */
export function lacksAmount({ status, amountMinor }: RefundFacts): boolean {
  return amountMinor === undefined && toRefundState(status?.value) !== 'failed';
}

/**
 * True where the provider's sum fits the refunds: it may or may not count those that are still under way. A refund
 * without an amount leaves nothing to compare.
 */
export function agreesWithRefunds(statedMinor: bigint, refunds: ReadonlyMap<string, RefundFacts> | undefined): boolean {
  if ([...(refunds?.values() ?? [])].some(lacksAmount)) return true;
  const settledMinor = sumRefunds(refunds, ['settled']);
  return settledMinor <= statedMinor && statedMinor <= settledMinor + sumRefunds(refunds, ['under-way']);
}

interface FoundRefund {
  readonly refundId: string;
  readonly transaction: Transaction;
  readonly amountMinor: bigint | undefined;
}

/**
 * The refund transactions of a snapshot under ids that are the same in every snapshot: the provider's, and a number
 * where it gives several refunds one id, or none (its example repeats the sale's id), counted in the order in which
 * they were made. Of those made in the same instant, what they are of decides and never the order in which a snapshot
 * lists them; those that are of the same are counted by how far they have come, which only ever grows.
 */
function findRefunds(snapshot: PaymentSnapshot): FoundRefund[] {
  const transactions = snapshot.transactions
    .filter((transaction) => transaction.type === 'REFUND')
    .toSorted(compareMaking);
  const restMinor = toUnstatedAmount(snapshot, transactions);
  const seen = new Map<string, number>();
  return transactions.map((transaction) => {
    const id = transaction.id ?? '';
    const number = (seen.get(id) ?? 0) + 1;
    seen.set(id, number);
    const refundId = number === 1 && id !== '' ? id : `${id}#${number}`;
    const isUnstated = transaction.amountMinor === undefined && toRefundState(transaction.status) !== 'failed';
    return { refundId, transaction, amountMinor: isUnstated ? restMinor : toAmount(transaction.amountMinor) };
  });
}

function compareMaking(a: Transaction, b: Transaction): number {
  return (
    compareTexts(a.date ?? '', b.date ?? '') ||
    compareTexts(a.orderId ?? '', b.orderId ?? '') ||
    compareOptional(toAmount(a.amountMinor), toAmount(b.amountMinor)) ||
    compareTexts(a.currency ?? '', b.currency ?? '') ||
    compareTexts(a.processorName ?? '', b.processorName ?? '') ||
    toProgress(a.status) - toProgress(b.status)
  );
}

/**
 * The amount of the one refund that states none (as in the provider's example): what `amountRefunded` says beyond the
 * refunds that do. Undefined where that cannot be told.
 */
function toUnstatedAmount(snapshot: PaymentSnapshot, refunds: readonly Transaction[]): bigint | undefined {
  const inEffect = refunds.filter(({ status }) => toRefundState(status) !== 'failed');
  const unstated = inEffect.filter(({ amountMinor }) => amountMinor === undefined);
  const total = toAmount(snapshot.amountRefundedMinor);
  if (total === undefined || unstated.length !== 1) return undefined;
  const restMinor = total - inEffect.reduce((sum, { amountMinor }) => sum + (toAmount(amountMinor) ?? 0n), 0n);
  return restMinor > 0n ? restMinor : undefined;
}

function compareRefundVersions(a: RefundVersion, b: RefundVersion): number {
  return (
    compareOptional(a.updatedAtUs, b.updatedAtUs) || a.progress - b.progress || compareVersions(a.snapshot, b.snapshot)
  );
}
