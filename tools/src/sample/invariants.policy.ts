import type { PostingAnswer, TrialBalanceAnswer } from '@tollgate/contracts';

import type { CheckoutRecord } from './checkout-record.ts';
import { dueStatusOf, halfOf } from './follow-up.policy.ts';
import type { ProviderPayment } from './installation-client.ts';
import type { PlannedCheckout } from './sample-plan.policy.ts';

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
      name: 'commands',
      promise:
        'every capture, cancel and refund was carried out once, as it was asked for, or not at all if a person said no',
      violations: each(wrongFollowUps),
    },
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
  return provider.payments.flatMap((payment) => {
    const known = books.find(({ payment: { paymentId } }) => paymentId === payment.id);
    if (known === undefined) return [`payment ${payment.id} is not in the books`];
    const due = formatBalances(duePostings(payment));
    const position = formatBalances(known.payment.position);
    const journal = formatBalances(known.journal.flatMap(({ postings }) => postings));
    return [
      ...(isOverTheOrder(payment, planned) ? [] : [`payment ${payment.id} is over another amount than the order`]),
      ...(position === due ? [] : [`payment ${payment.id} (${payment.status}) holds ${position}, not ${due}`]),
      ...(journal === position
        ? []
        : [`the journal of payment ${payment.id} holds ${journal}, its position ${position}`]),
    ];
  });
}

/** What was captured is another amount, which the commands told. */
function isOverTheOrder(payment: ProviderPayment, planned: PlannedCheckout): boolean {
  const isSameAmount = payment.processor.amountCaptured > 0 || payment.amount === planned.amountMinor;
  return isSameAmount && payment.currencyCode === planned.currency;
}

/**
 * What the books must hold by the provider's own record of a payment: an open authorisation is a hold, captured money is
 * posted and moves on when it is settled, refunds are given back out of it. Told anew here, not by the ledger's own code.
 */
function duePostings(payment: ProviderPayment): PostingAnswer[] {
  const { status, currencyCode: currency, processor } = payment;
  const held = status === 'AUTHORIZED' ? payment.amount : 0;
  const { amountCaptured: captured, amountRefunded: refunded } = processor;
  const posting = (account: string, layer: 'pending' | 'posted', minor: number): PostingAnswer => ({
    account,
    layer,
    amount: { amountMinor: String(minor), currency },
  });
  return [
    posting('captured', 'pending', held),
    posting('sales:clearing', 'pending', -held),
    posting(status === 'SETTLED' ? 'settled' : 'captured', 'posted', captured),
    posting('sales:clearing', 'posted', -captured),
    posting('settled', 'posted', -refunded),
    posting('sales:refunds', 'posted', refunded),
  ];
}

/** Balances in one order, without those that are zero and without the processor's name. */
function formatBalances(postings: readonly PostingAnswer[]): string {
  const balances = new Map<string, bigint>();
  for (const { account, layer, amount } of postings) {
    const of = `${account.replace(/^processor:.*:/, '')} ${layer} ${amount.currency}`;
    balances.set(of, (balances.get(of) ?? 0n) + BigInt(amount.amountMinor));
  }
  const held = [...balances].filter(([, minor]) => minor !== 0n).map(([of, minor]) => `${minor} ${of}`);
  return held.length === 0 ? 'nothing' : held.toSorted().join(', ');
}

function wrongFollowUps({ planned, provider, followedUp }: CheckoutRecord): string[] {
  const { followUps = [] } = planned.kind;
  // Without a payment there is nothing to follow up; that the kind then ended otherwise is told elsewhere.
  if (provider.payments.length === 0) return [];
  const missing = followUps.slice(followedUp.length).map(({ command }) => `its ${command} was not asked for`);
  const otherwise = followedUp.filter((each) => each.status !== dueStatusOf(each));
  const due = (command: string): number =>
    followedUp
      .filter((each) => each.followUp.command === command && dueStatusOf(each) === 'DONE')
      .reduce(
        (sum, { followUp: { part } }) => sum + (part === 'half' ? halfOf(planned.amountMinor) : planned.amountMinor),
        0,
      );
  return [
    ...missing,
    ...otherwise.map((each) => {
      const ended = [each.status ?? 'open', each.reason].filter(Boolean).join(', ');
      return `its ${each.followUp.command} is ${ended}, not ${dueStatusOf(each)}`;
    }),
    ...provider.payments.flatMap(({ id, processor: { amountCaptured, amountRefunded } }) => [
      ...(amountCaptured === due('capture') ? [] : [`of payment ${id} ${amountCaptured} is captured`]),
      ...(amountRefunded === due('refund') ? [] : [`of payment ${id} ${amountRefunded} is refunded`]),
    ]),
  ];
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
