import type { TrialBalanceAnswer } from '@tollgate/contracts';

import { CHECKOUT_KINDS } from './checkout-kind.types.ts';
import type { CheckoutRecord } from './checkout-record.ts';
import type { CheckedInvariant, SampleFindings } from './invariants.policy.ts';
import { formatTable } from '@tollgate/platform';

/** At most so many violations of one promise are shown; one is enough to start looking. */
const VIOLATIONS_SHOWN_MAX = 5;

/** The table a person reads after a sample. */
export function formatReport(
  { records, trialBalance }: SampleFindings,
  invariants: readonly CheckedInvariant[],
): string {
  return [
    `${records.length} checkouts`,
    formatKinds(records),
    '',
    'Payments at the provider and in the books',
    formatPayments(records),
    '',
    'One payment of each kind that went on, in the books (minor units; positive is debit)',
    formatBooks(records),
    '',
    'Trial balance of the ledger, since its beginning (minor units)',
    formatTrialBalance(trialBalance),
    '',
    formatDuplicates(records),
    formatLatency(records),
    '',
    'Invariants',
    formatInvariants(invariants),
  ].join('\n');
}

function formatKinds(records: readonly CheckoutRecord[]): string {
  const rows = CHECKOUT_KINDS.flatMap((kind) => {
    const ofKind = records.filter(({ planned }) => planned.kind === kind);
    const outcomes = ofKind.map(({ attempt }) => attempt?.outcome?.status ?? attempt?.status ?? 'LOST');
    return ofKind.length === 0
      ? []
      : [[kind.title, String(ofKind.length), formatCounts(outcomes), formatFollowUps(ofKind)]];
  });
  return formatTable(
    [{ title: 'kind' }, { title: 'sent', align: 'right' }, { title: 'outcome' }, { title: 'afterwards' }],
    rows,
  );
}

/** `capture DONE, held refund DONE 5 OPEN 1`: of the checkouts that came to a payment. */
function formatFollowUps(records: readonly CheckoutRecord[]): string {
  const ends = Map.groupBy(
    records.flatMap(({ followedUp }) => followedUp),
    ({ followUp, wasHeld }) => (wasHeld ? `held ${followUp.command}` : followUp.command),
  );
  return [...ends]
    .map(
      ([command, each]) =>
        `${command} ${formatCounts(
          each.map(({ status }) => status ?? 'OPEN'),
          ' ',
        )}`,
    )
    .join(', ');
}

/** The journal of the first payment of each kind that was captured, cancelled or refunded. */
function formatBooks(records: readonly CheckoutRecord[]): string {
  const kinds = CHECKOUT_KINDS.filter(({ followUps }) => followUps !== undefined);
  const rows = kinds.flatMap((kind) => {
    const books = records.find(({ planned, books: [known] }) => planned.kind === kind && known !== undefined)?.books[0];
    return (books?.journal ?? []).flatMap((entry, index) => {
      const evidence = books?.payment.evidence.find(({ evidenceId }) => evidenceId === entry.evidenceId);
      const because = evidence === undefined ? '' : `${evidence.reportedAs} ${evidence.status}`;
      return entry.postings.map(({ account, layer, amount }, line) => [
        index + line === 0 ? kind.title : '',
        line === 0 ? because : '',
        layer,
        account,
        `${amount.amountMinor} ${amount.currency}`,
      ]);
    });
  });
  return formatTable(
    [
      { title: 'kind' },
      { title: 'because of' },
      { title: 'layer' },
      { title: 'account' },
      { title: 'amount', align: 'right' },
    ],
    rows,
  );
}

function formatPayments(records: readonly CheckoutRecord[]): string {
  const atProvider = countOf(records.flatMap(({ provider }) => provider.payments.map(({ status }) => status)));
  const inBooks = countOf(records.flatMap(({ books }) => books.map(({ payment }) => payment.status)));
  const statuses = [...new Set([...atProvider.keys(), ...inBooks.keys()])].toSorted((a, b) => a.localeCompare(b));
  const rows = statuses.map((status) => [
    status,
    String(atProvider.get(status) ?? 0),
    String(inBooks.get(status) ?? 0),
  ]);
  return formatTable(
    [{ title: 'status' }, { title: 'provider', align: 'right' }, { title: 'books', align: 'right' }],
    rows,
  );
}

function formatTrialBalance({ sums }: TrialBalanceAnswer): string {
  const rows = sums.map(({ currency, layer, debitsMinor, creditsMinor, sumMinor }) => [
    currency,
    layer,
    debitsMinor,
    creditsMinor,
    sumMinor,
  ]);
  return formatTable(
    [
      { title: 'currency' },
      { title: 'layer' },
      { title: 'debits', align: 'right' },
      { title: 'credits', align: 'right' },
      { title: 'sum', align: 'right' },
    ],
    rows,
  );
}

function formatDuplicates(records: readonly CheckoutRecord[]): string {
  const sightings = sum(records.map(({ attempt }) => attempt?.sightings ?? 0));
  const repeatedWebhooks = sum(
    records.map(({ provider, followedUp }) => {
      const taken = provider.webhooks.filter(({ state }) => state === 'DELIVERED').length;
      // Each command that was carried out has one piece of news, as the payment itself has.
      const carriedOut = followedUp.filter(({ status }) => status === 'DONE').length;
      return Math.max(0, taken - provider.payments.length - carriedOut);
    }),
  );
  return `Duplicates absorbed: ${sightings} repeated posts, ${repeatedWebhooks} repeated webhooks`;
}

function formatLatency(records: readonly CheckoutRecord[]): string {
  const times = records.flatMap(({ outcomeAfterMs }) => outcomeAfterMs ?? []).toSorted((a, b) => a - b);
  const at = (quantile: number): string => `${Math.round(times[Math.ceil(quantile * times.length) - 1] ?? 0)} ms`;
  return `Attempt → outcome: p50 ${at(0.5)}, p99 ${at(0.99)}`;
}

function formatInvariants(invariants: readonly CheckedInvariant[]): string {
  return invariants
    .map(({ name, promise, violations }) => {
      const mark = violations.length === 0 ? '✓' : '✗';
      const shown = violations.slice(0, VIOLATIONS_SHOWN_MAX).map((violation) => `\n              ${violation}`);
      const more = violations.length - shown.length;
      return `  ${mark} ${name.padEnd(8)} ${promise}${shown.join('')}${more > 0 ? `\n              … and ${more} more` : ''}`;
    })
    .join('\n');
}

/** `APPROVED` when all are, `APPROVED 3, ABORTED 1` when they differ. */
function formatCounts(values: readonly string[], separator = ', '): string {
  const counts = [...countOf(values)];
  return counts.length === 1 ? counts[0]![0] : counts.map(([value, count]) => `${value} ${count}`).join(separator);
}

function countOf(values: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
