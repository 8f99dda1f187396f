import type { PostingAnswer, TrialBalanceAnswer } from '@tollgate/contracts';

import type { CheckoutRecord } from './checkout-record.ts';

/** One promise, checked: nothing in `violations` means that it held. */
export interface CheckedInvariant {
  /** As docs/ARCHITECTURE.md numbers them. */
  name: string;
  promise: string;
  violations: string[];
}

/** Everything that the promises are checked against. */
export interface SampleFindings {
  records: readonly CheckoutRecord[];
  trialBalance: TrialBalanceAnswer;
}

const LIVE_STATUSES = new Set(['PENDING', 'AUTHORIZED', 'SETTLING', 'PARTIALLY_SETTLED', 'SETTLED']);

/** Checks the promises that can be told over HTTP, by the provider's own record, the gate and the books. */
export function checkInvariants({ records, trialBalance }: SampleFindings): CheckedInvariant[] {
  const each = (violationsOf: (record: CheckoutRecord) => string[]): string[] =>
    records.flatMap((record) => violationsOf(record).map((problem) => `attempt ${record.attemptId}: ${problem}`));
  return [
    {
      name: 'I1',
      promise: 'every accepted attempt reached exactly one outcome, the same everywhere',
      violations: each(lostOutcomes),
    },
    { name: 'I3', promise: 'what arrived twice took effect once', violations: each(doubleEffects) },
    {
      name: 'I4',
      promise: 'at most one payment an attempt and an order, none without an approval',
      violations: each(wrongPayments),
    },
    {
      name: 'I5',
      promise: 'every webhook answered 2xx is in the books, at its newest status',
      violations: each(lostWebhooks),
    },
    {
      name: 'I6',
      promise: 'postings sum to zero by entry, currency and layer; balances equal their fold',
      violations: [...each(unbalancedEntries), ...unbalancedBooks(trialBalance)],
    },
    { name: 'I7', promise: "the books hold what the provider's own record says", violations: each(wrongBalances) },
    {
      name: 'kinds',
      promise: 'every kind ended as it was meant to, or by its deadline',
      violations: each(otherEndings),
    },
  ];
}

function lostOutcomes({ attempt, provider, outcomeAfterMs }: CheckoutRecord): string[] {
  if (attempt === undefined) return ['was accepted and is not known'];
  const concluded = attempt.timeline.filter(({ event }) => event === 'CONCLUDED');
  const received = attempt.timeline.filter(({ event }) => event === 'RECEIVED');
  const outcome = attempt.outcome?.status;
  if (outcome === undefined || outcomeAfterMs === undefined) return [`has no outcome, it is ${attempt.status}`];
  return [
    ...(attempt.status === outcome ? [] : [`is ${attempt.status}, but its outcome is ${outcome}`]),
    ...(concluded.length === 1 ? [] : [`was concluded ${concluded.length} times`]),
    ...(received.length === 1 ? [] : [`was taken in ${received.length} times`]),
    ...(outcome === 'REJECTED' || provider.attempt.approvalStatus === outcome
      ? []
      : [`is ${outcome} here and ${provider.attempt.approvalStatus} at the provider`]),
  ];
}

function doubleEffects({ accepted, attempt, action, provider, books }: CheckoutRecord): string[] {
  const created = provider.journal.filter(({ kind, name }) => kind === 'EFFECT' && name === 'PAYMENT_CREATED');
  const seen = (attempt?.sightings ?? 0) + 1;
  return [
    ...(action === undefined ? ['has no action at the gate'] : []),
    ...(created.length > 1 ? [`made ${created.length} payments`] : []),
    ...(seen < accepted ? [`was accepted ${accepted} times, but seen ${seen} times`] : []),
    ...books.flatMap(({ payment, journal }) =>
      repeated(journal.flatMap(({ evidenceId }) => evidenceId ?? [])).map(
        (evidenceId) => `payment ${payment.paymentId} was booked twice for evidence ${evidenceId}`,
      ),
    ),
  ];
}

function wrongPayments({ attempt, action, provider }: CheckoutRecord): string[] {
  const live = provider.payments.filter(({ status }) => LIVE_STATUSES.has(status));
  const approved = attempt?.timeline.some(({ event, decision }) => event === 'DECIDED' && decision === 'APPROVE');
  const known = attempt?.outcome?.paymentId ?? action?.paymentId ?? undefined;
  return [
    ...(provider.payments.length > 1 ? [`its order has ${provider.payments.length} payments`] : []),
    ...(live.length > 1 ? [`its order has ${live.length} live payments`] : []),
    ...(provider.payments.length > 0 && approved !== true ? ['has a payment without an approval'] : []),
    ...(provider.payments.length > 0 && provider.attempt.approvalStatus !== 'APPROVED'
      ? [`has a payment, but is ${provider.attempt.approvalStatus} at the provider`]
      : []),
    ...(known !== undefined && !provider.payments.some(({ id }) => id === known)
      ? [`names payment ${known}, which the provider does not know`]
      : []),
  ];
}

function lostWebhooks({ provider, books }: CheckoutRecord): string[] {
  const booked = new Map(books.map(({ payment }) => [payment.paymentId, payment]));
  const taken = provider.webhooks.filter(({ deliveries }) =>
    deliveries.some(({ statusCode }) => isSuccess(statusCode)),
  );
  const lost = new Set(
    taken.flatMap(({ paymentId }) => (paymentId !== null && !booked.has(paymentId) ? [paymentId] : [])),
  );
  const behind = provider.payments.flatMap(({ id, status }) => {
    const known = booked.get(id)?.status;
    return known === status
      ? []
      : [`payment ${id} is ${status} at the provider and ${known ?? 'unknown'} in the books`];
  });
  return [
    ...[...lost].map((paymentId) => `a webhook of payment ${paymentId} was taken and is not in the books`),
    ...behind,
  ];
}

function unbalancedEntries({ books }: CheckoutRecord): string[] {
  return books.flatMap(({ journal }) =>
    journal.flatMap(({ entryId, postings }) =>
      [...sumsOf(postings)].flatMap(([of, sum]) => (sum === 0n ? [] : [`entry ${entryId} sums to ${sum} (${of})`])),
    ),
  );
}

function unbalancedBooks({ balanced, sums, differences }: TrialBalanceAnswer): string[] {
  const off = sums
    .filter((sum) => !sum.balanced)
    .map(({ currency, layer, sumMinor }) => `${currency} ${layer} sums to ${sumMinor}`);
  const torn = differences.map(
    ({ account, currency }) => `the cached balance of ${account} in ${currency} is not its fold`,
  );
  const problems = [...off, ...torn];
  return problems.length === 0 && !balanced ? ['the trial balance does not balance'] : problems;
}

function wrongBalances({ planned, provider, books }: CheckoutRecord): string[] {
  return provider.payments.flatMap(({ id, status, amount, currencyCode }) => {
    const known = books.find(({ payment }) => payment.paymentId === id);
    if (known === undefined) return [`payment ${id} is not in the books`];
    const held = heldMinor(known.payment.position, currencyCode);
    const due = status === 'AUTHORIZED' ? BigInt(amount) : 0n;
    const journal = heldMinor(
      known.journal.flatMap(({ postings }) => postings),
      currencyCode,
    );
    return [
      ...(amount === planned.amountMinor && currencyCode === planned.currency
        ? []
        : [`payment ${id} is over another amount than the order`]),
      ...(held === due ? [] : [`payment ${id} (${status}) holds ${held} in the books, not ${due}`]),
      ...(journal === held ? [] : [`the journal of payment ${id} holds ${journal}, its position ${held}`]),
    ];
  });
}

/** Debits on asset accounts of one currency: what is held or captured, whatever the layer. */
function heldMinor(postings: readonly PostingAnswer[], currency: string): bigint {
  return postings
    .filter(({ account, amount }) => account.startsWith('processor:') && amount.currency === currency)
    .reduce((sum, { amount }) => sum + BigInt(amount.amountMinor), 0n);
}

function otherEndings({ planned: { kind }, attempt, provider }: CheckoutRecord): string[] {
  const byDeadline = attempt?.timeline.some(({ event, source }) => event === 'DECIDED' && source === 'deadline');
  if (byDeadline === true || attempt?.outcome === undefined) return [];
  const status = provider.payments[0]?.status;
  if (attempt.outcome.status === kind.outcome && status === kind.paymentStatus) return [];
  const wanted = [kind.outcome, kind.paymentStatus].filter(Boolean).join(', ');
  return [`"${kind.title}" ended ${[attempt.outcome.status, status].filter(Boolean).join(', ')}, not ${wanted}`];
}

function sumsOf(postings: readonly PostingAnswer[]): Map<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const { layer, amount } of postings) {
    const of = `${amount.currency} ${layer}`;
    sums.set(of, (sums.get(of) ?? 0n) + BigInt(amount.amountMinor));
  }
  return sums;
}

function repeated(ids: readonly string[]): string[] {
  return ids.filter((id, index) => ids.indexOf(id) !== index);
}

function isSuccess(statusCode: number | null): boolean {
  return statusCode !== null && statusCode >= 200 && statusCode < 300;
}
