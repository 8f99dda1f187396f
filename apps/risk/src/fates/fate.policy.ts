import type { PaymentDisputeReportedData, PaymentSnapshot, PaymentStatusReportedData } from '@tollgate/contracts';
import { toSubjectKey } from '../velocity/subject-key.policy.ts';
import type { AttemptFateRow, CountedFate, HistoryCredit, PaymentFate } from './fate.types.ts';

/** What can happen to an attempt that its card and customer are remembered by, each at most once. */
const EVENTS = ['approved', 'aborted', 'declined', 'refunded', 'disputed'] as const;
type FateEvent = (typeof EVENTS)[number];

/** Claims that the provider can confirm otherwise. */
export const MISMATCHES = ['amount', 'bin', 'country', 'last4', 'network'] as const;
type Mismatch = (typeof MISMATCHES)[number];

const AUTHORISED: ReadonlySet<string> = new Set(['AUTHORIZED', 'SETTLING', 'PARTIALLY_SETTLED', 'SETTLED']);
/** A retrieval only asks for papers. */
const DISPUTES: ReadonlySet<string> = new Set(['DISPUTE', 'PREARBITRATION']);
const LOST: ReadonlySet<string> = new Set(['LOST', 'ACCEPTED', 'EXPIRED']);

/** Networks that a card can bear at the same time as another one, or that say nothing. */
const COMPATIBLE: ReadonlySet<string> = new Set(['CARTESBANCAIRES', 'OTHER', 'UNKNOWN']);
const NETWORK_SPELLINGS: Readonly<Record<string, string>> = { AMERICANEXPRESS: 'AMEX', DINERS: 'DINERSCLUB' };

/** What a payment's state says about its fate. */
export function toReportedFate({ merchantId, snapshot }: PaymentStatusReportedData): PaymentFate {
  const { paymentId, status, card } = snapshot;
  const hasRefund =
    BigInt(snapshot.amountRefundedMinor ?? '0') > 0n ||
    snapshot.transactions.some((one) => one.type === 'REFUND' && one.status === 'SETTLED');
  return {
    ...{ merchantId, paymentId },
    authorised: AUTHORISED.has(status),
    declined: status === 'DECLINED',
    refunded: hasRefund,
    disputed: false,
    disputeLost: false,
    amountMinor: toAuthorisedAmount(snapshot),
    currency: snapshot.currency ?? null,
    bin: card?.bin ?? null,
    last4: card?.last4 ?? null,
    network: card?.network ?? null,
    issuerCountry: card?.issuerCountry ?? null,
  };
}

/**
 * What was authorised: null while nothing is, and where only captures are told. `amount` is that in the status AUTHORIZED
 * alone; from SETTLING on it is what was captured, which may be a part.
 */
function toAuthorisedAmount({ status, amountMinor, amountAuthorizedMinor }: PaymentSnapshot): string | null {
  if (!AUTHORISED.has(status)) return null;
  return amountAuthorizedMinor ?? (status === 'AUTHORIZED' ? amountMinor : undefined) ?? null;
}

/** What a dispute says about its payment's fate; nothing where it names no payment, or only asks for papers. */
export function toDisputedFate({ merchantId, dispute }: PaymentDisputeReportedData): PaymentFate | undefined {
  const { paymentId, type, status } = dispute;
  if (paymentId === undefined || !DISPUTES.has(type ?? '')) return undefined;
  return {
    ...{ merchantId, paymentId, authorised: false, declined: false, refunded: false },
    disputed: true,
    disputeLost: LOST.has(status ?? ''),
    ...{ amountMinor: null, currency: null, bin: null, last4: null, network: null, issuerCountry: null },
  };
}

/**
 * What cards and customers are to be told that they have not been told yet. Each of an attempt's events is told once,
 * whatever number of times and in whatever order the news comes.
 */
export function toCredits(rows: readonly AttemptFateRow[]): { credits: HistoryCredit[]; counted: CountedFate[] } {
  const credits = new Map<string, HistoryCredit>();
  const counted: CountedFate[] = [];
  for (const row of rows) {
    const events = EVENTS.filter((event) => hasHappened(row, event));
    const mismatches = MISMATCHES.filter((claim) => isContradicted(row, claim));
    const known = new Set(row.counted);
    for (const key of subjectKeysOf(row)) {
      const before = credits.get(key) ?? emptyCredit(key);
      credits.set(key, {
        ...before,
        ...Object.fromEntries(
          events.filter((event) => !known.has(event)).map((event) => [event, before[event] + 1] as const),
        ),
        mismatched: [...new Set([...before.mismatched, ...mismatches.filter((claim) => !known.has(claim))])],
      });
    }
    counted.push({
      merchantId: row.merchant_id,
      attemptId: row.attempt_id,
      counted: [...new Set([...row.counted, ...events, ...mismatches])].toSorted(),
    });
  }
  const changed = [...credits.values()].filter(
    (credit) => credit.mismatched.length > 0 || EVENTS.some((event) => credit[event] > 0),
  );
  return { credits: changed.toSorted((a, b) => (a.key < b.key ? -1 : 1)), counted };
}

function hasHappened(row: AttemptFateRow, event: FateEvent): boolean {
  if (event === 'approved') return row.outcome === 'APPROVED';
  if (event === 'aborted') return row.outcome === 'ABORTED';
  return row[event] === true;
}

/** Only what both sides have named can contradict. */
function isContradicted(row: AttemptFateRow, claim: Mismatch): boolean {
  const differ = (claimed: string | null, confirmed: string | null) =>
    claimed !== null && confirmed !== null && claimed !== confirmed;
  switch (claim) {
    case 'amount':
      return differ(row.claimed_amount, row.amount_minor) || differ(row.claimed_currency, row.currency);
    case 'bin':
      return differ(row.claimed_bin, row.bin);
    case 'country':
      return differ(row.claimed_country, row.issuer_country);
    case 'last4':
      return differ(row.claimed_last4, row.last4);
    case 'network': {
      const [claimed, confirmed] = [toNetwork(row.claimed_network), toNetwork(row.network)];
      return differ(claimed, confirmed) && !COMPATIBLE.has(claimed ?? '') && !COMPATIBLE.has(confirmed ?? '');
    }
    default:
      return false;
  }
}

/** `American Express`, `AMERICAN_EXPRESS` and `AMEX` are one. */
function toNetwork(network: string | null): string | null {
  if (network === null) return null;
  const letters = network.toUpperCase().replaceAll(/[^A-Z]/g, '');
  return NETWORK_SPELLINGS[letters] ?? letters;
}

function subjectKeysOf({ merchant_id, card, customer }: AttemptFateRow): string[] {
  const merchantId = merchant_id;
  return [
    ...(card === null ? [] : [toSubjectKey({ merchantId, kind: 'card', value: card })]),
    ...(customer === null ? [] : [toSubjectKey({ merchantId, kind: 'customer', value: customer })]),
  ];
}

function emptyCredit(key: string): HistoryCredit {
  return { key, approved: 0, aborted: 0, declined: 0, refunded: 0, disputed: 0, mismatched: [] };
}
