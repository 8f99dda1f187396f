import { listEmulatorPayments, readEmulatorJournal, readEmulatorPayment } from '../stack/emulator-record.ts';
import type { EmulatorPayment, JournalEntry, ListedPayment } from '../stack/emulator-record.ts';
import type { Stack } from '../stack/stack.ts';
import type { ProviderDispute, ProviderMoney, ProviderPayment, ProviderRecord } from './world.types.ts';

/** Statuses in which a payment's amount is all there is to know, unless something was done to it all the same. */
const UNTOUCHED = new Set(['PENDING', 'AUTHORIZED', 'DECLINED', 'FAILED']);
const TOUCHING = /^(AUTHORIZATION_ADJUSTED|DISPUTE_(OPENED|MOVED))$/;
/** Payments read at the same time. */
const CONCURRENCY = 16;

/**
 * What really happened at the provider, by the emulator's journal and its payments; those that were captured, cancelled,
 * given back or disputed are read one by one.
 */
export async function readProvider(stack: Stack): Promise<ProviderRecord> {
  const [journal, listed] = await Promise.all([readEmulatorJournal(stack), listEmulatorPayments(stack)]);
  const whole = await readAll(stack, findTouched(journal, listed));
  const disputesOf = Map.groupBy(findDisputes(journal), ({ paymentId }) => paymentId);
  return {
    payments: joinPayments(
      journal,
      listed.map((payment) => whole.get(payment.id) ?? payment),
    ).map((payment) => {
      const read = whole.get(payment.paymentId);
      return read === undefined
        ? payment
        : { ...payment, money: toMoney(read, disputesOf.get(payment.paymentId) ?? []) };
    }),
    abortedAttempts: journal.filter(({ name }) => name === 'ATTEMPT_ABORTED').map(({ attemptId }) => attemptId ?? ''),
    deliveredWebhooks: journal
      .filter(({ kind, facts }) => kind === 'WEBHOOK' && Math.floor(Number(facts.statusCode) / 100) === 2)
      .map(({ facts, paymentId }) => ({ webhookId: String(facts.webhookId), paymentId: paymentId ?? '' })),
  };
}

/** What the journal says was made, as often as it says so, with what the list knows of it; then what is only listed. */
function joinPayments(journal: readonly JournalEntry[], listed: readonly ListedPayment[]): ProviderPayment[] {
  const created = journal.filter(({ name }) => name === 'PAYMENT_CREATED');
  const journaled = new Set(created.map(({ paymentId }) => paymentId));
  const byId = new Map(listed.map((each) => [each.id, each]));
  const made = created.map(({ paymentId, attemptId }) =>
    toPayment(paymentId ?? '', attemptId, byId.get(paymentId ?? '')),
  );
  const unexplained = listed.filter(({ id }) => !journaled.has(id)).map((each) => toPayment(each.id, null, each));
  return [...made, ...unexplained];
}

function toPayment(paymentId: string, attemptId: string | null, listed: ListedPayment | undefined): ProviderPayment {
  return {
    paymentId,
    attemptId: attemptId ?? undefined,
    orderId: listed?.orderId ?? '',
    status: listed?.status ?? 'NOT LISTED',
    currency: listed?.currencyCode ?? '',
    amountMinor: BigInt(listed?.amount ?? 0),
  };
}

function findTouched(journal: readonly JournalEntry[], listed: readonly ListedPayment[]): string[] {
  const touched = new Set(journal.filter(({ name }) => TOUCHING.test(name)).map(({ paymentId }) => paymentId));
  return listed.filter(({ id, status }) => !UNTOUCHED.has(status) || touched.has(id)).map(({ id }) => id);
}

/** Every dispute in its newest standing: no API of the provider shows them. */
function findDisputes(journal: readonly JournalEntry[]): ProviderDispute[] {
  const told = journal.filter(({ name }) => name === 'DISPUTE_OPENED' || name === 'DISPUTE_MOVED');
  const newest = new Map(told.map((entry) => [String(entry.facts.disputeId), entry]));
  return [...newest.values()].map(({ paymentId, facts }) => ({
    paymentId: paymentId ?? '',
    type: String(facts.type),
    status: String(facts.status),
    amountMinor: BigInt(Number(facts.amount)),
  }));
}

async function readAll(stack: Stack, paymentIds: readonly string[]): Promise<Map<string, EmulatorPayment>> {
  const whole = new Map<string, EmulatorPayment>();
  for (let from = 0; from < paymentIds.length; from += CONCURRENCY) {
    const some = paymentIds.slice(from, from + CONCURRENCY);
    const payments = await Promise.all(some.map((paymentId) => readEmulatorPayment(stack, paymentId)));
    for (const payment of payments) whole.set(payment.id, payment);
  }
  return whole;
}

function toMoney({ processor, transactions }: EmulatorPayment, disputes: readonly ProviderDispute[]): ProviderMoney {
  const events = transactions
    .filter(({ transactionType }) => transactionType === 'SALE')
    .flatMap((sale) => sale.events);
  const authorized = events.findLast(({ type }) => /^AUTHORIZATION_(ADJUSTMENT_)?SUCCEEDED$/.test(type));
  return {
    authorizedMinor: BigInt(authorized?.amount ?? 0),
    capturedMinor: BigInt(processor.amountCaptured),
    isFinal: events.some(({ type, final }) => type === 'CAPTURE_SUCCEEDED' && final === true),
    refunds: transactions
      .filter(({ transactionType }) => transactionType === 'REFUND')
      .map(({ processorStatus, amount }) => ({ status: processorStatus, amountMinor: BigInt(amount) })),
    disputes,
  };
}
