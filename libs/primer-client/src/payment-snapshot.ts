import { KnownError, type PaymentSnapshot } from '@tollgate/contracts';
import { toRecord, withoutAbsent } from './error-envelope.ts';
import { toCurrentShape } from './older-shape.ts';
import {
  LIST_LENGTH_MAX,
  toAmountMinor,
  toBoolean,
  toCurrency,
  toId,
  toRecords,
  toShortText,
  toUtcMicroseconds,
} from './tolerant-reading.ts';

type Snapshot<Key extends keyof PaymentSnapshot> = NonNullable<PaymentSnapshot[Key]>;

/**
 * Reads a payment as Primer delivers or returns it into our words, tolerantly: API v2.4 and the older shape
 * (`paymentInstrument`, `amountAuthorized`), `type` or `transactionType`, booleans and integers as strings, instants
 * with or without a zone. Unknown fields are left behind, unknown statuses survive, what does not fit is absent.
 * @param payment parsed without loss: an integer beyond 2^53−1 must come as bigint or string
 * @throws KnownError PROVIDER_ANSWER_UNKNOWN if there is no usable `id` or `status`
 */
export function toPaymentSnapshot(payment: unknown): PaymentSnapshot {
  const given = toRecord(payment);
  const paymentId = toId(given?.id);
  const status = toShortText(given?.status, 64);
  if (given === undefined || paymentId === undefined || status === undefined) {
    throw new KnownError('PROVIDER_ANSWER_UNKNOWN', { detail: 'A payment needs an id and a status' });
  }
  const source = toCurrentShape(given);
  const processor = toRecord(source.processor);
  const method = toRecord(source.paymentMethod);
  const transactions = toRecords(source.transactions);
  const summaries = transactions.map(toTransaction);
  return withoutAbsent({
    paymentId,
    status,
    orderId: toId(source.orderId),
    customerId: toId(source.customerId),
    currency: toCurrency(source.currencyCode),
    amountMinor: toAmountMinor(source.amount),
    amountAuthorizedMinor: toAmountMinor(source.amountAuthorized),
    amountCapturedMinor: toAmountMinor(processor?.amountCaptured),
    amountRefundedMinor: toAmountMinor(processor?.amountRefunded),
    date: toUtcMicroseconds(source.date),
    dateUpdated: toUtcMicroseconds(source.dateUpdated),
    processorName: toShortText(processor?.name, 128) ?? toSellingProcessor(summaries),
    analyticsId: toId(method?.analyticsId),
    card: toCard(toRecord(method?.paymentMethodData)),
    transactions: summaries,
    events: toEvents(transactions),
  });
}

/** What tells the card; the names of networks are those of the card's own data where it has any. */
function toCard(source: Readonly<Record<string, unknown>> | undefined): Snapshot<'card'> | undefined {
  if (source === undefined) return undefined;
  const binData = toRecord(source.binData);
  const card = withoutAbsent({
    bin: toMatching(source.first6Digits, /^\d{6}$/),
    last4: toMatching(source.last4Digits, /^\d{4}$/),
    network: toShortText(binData?.network, 64) ?? toShortText(source.network, 64),
    issuerCountry: toMatching(binData?.issuerCountryCode, /^[A-Z]{2}$/),
  });
  return Object.keys(card).length === 0 ? undefined : card;
}

function toMatching(value: unknown, pattern: RegExp): string | undefined {
  const text = toShortText(value, 64);
  return text !== undefined && pattern.test(text) ? text : undefined;
}

type Transaction = Snapshot<'transactions'>[number];
type PaymentEvent = Snapshot<'events'>[number];

function toTransaction(source: Readonly<Record<string, unknown>>): Transaction {
  return withoutAbsent({
    id: toShortText(source.id, 256) ?? toShortText(source.processorTransactionId, 256),
    date: toUtcMicroseconds(source.date),
    orderId: toId(source.orderId),
    type: toShortText(source.transactionType, 64) ?? toShortText(source.type, 64),
    status: toShortText(source.processorStatus, 64) ?? toShortText(source.status, 64),
    amountMinor: toAmountMinor(source.amount),
    currency: toCurrency(source.currencyCode),
    processorName: toShortText(source.processorName, 128) ?? toShortText(source.processor, 128),
  });
}

/** The processor of the newest sale: after a fallback the payment is with that one. */
function toSellingProcessor(transactions: readonly Transaction[]): string | undefined {
  return transactions.findLast((one) => one.type === 'SALE' && one.processorName !== undefined)?.processorName;
}

/** Events of all transactions; undefined where the answer was not expanded, which is not "no events". */
function toEvents(transactions: ReadonlyArray<Readonly<Record<string, unknown>>>): PaymentEvent[] | undefined {
  if (!transactions.some((transaction) => Array.isArray(transaction.events))) {
    return undefined;
  }
  return transactions
    .flatMap((transaction) => toRecords(transaction.events))
    .slice(0, LIST_LENGTH_MAX)
    .flatMap((source) => {
      const type = toShortText(source.type, 64);
      return type === undefined
        ? []
        : [
            withoutAbsent({
              type,
              at: toUtcMicroseconds(source.date),
              amountMinor: toAmountMinor(source.amount),
              final: toBoolean(source.final),
            }),
          ];
    });
}
