import { outsideId, paymentDispute, type PaymentDispute } from '@tollgate/contracts';
import { formatInstant, toInstantUs } from '../books/instant.policy.ts';

/** A dispute in our words, or why the body is none. */
export type ReadDispute = { readonly dispute: PaymentDispute } | { readonly reason: string };

type Body = Readonly<Record<string, unknown>>;

/** Marks a field that is there and cannot be what it should be. */
const UNUSABLE = Symbol('unusable');

/**
 * Reads the flat body of DISPUTE.OPENED or DISPUTE.STATUS (provider's documents, API v2.4: the first calls the processor
 * `processorId`, the second `processor`). What the books go by must be readable where it is said at all; texts for
 * people are cut or left out.
 * @param body parsed without loss: an integer beyond 2^53−1 comes as bigint
 */
export function readDispute(body: Body): ReadDispute {
  const read = {
    processorDisputeId: toId(body.processorDisputeId),
    paymentId: toId(body.paymentId),
    type: toName(body.type),
    status: toName(body.status),
    amountMinor: toAmountMinor(body.amount),
    currency: toCurrency(body.currency ?? body.currencyCode),
    receivedAt: toInstant(body.receivedAt),
  };
  const unusable = Object.entries(read).find(([, value]) => value === UNUSABLE);
  if (unusable !== undefined) return { reason: `${unusable[0]} is not what it should be` };
  if (read.processorDisputeId === undefined) return { reason: 'processorDisputeId is missing' };
  if (read.status === undefined && body.eventType === 'DISPUTE.STATUS') return { reason: 'status is missing' };
  const { data } = paymentDispute.safeParse({
    ...read,
    processor: toText(body.processor ?? body.processorId, 128)?.trim() || 'unknown',
    transactionId: orAbsent(toId(body.transactionId)),
    orderId: orAbsent(toId(body.orderId)),
    challengeRequiredBy: orAbsent(toInstant(body.challengeRequiredBy)),
    reason: toText(body.reason, 512),
    reasonCode: toText(body.reasonCode, 64),
    processorReason: toText(body.processorReason, 512),
  });
  return data === undefined ? { reason: 'the dispute has texts that are no text' } : { dispute: data };
}

type Readable = string | undefined | typeof UNUSABLE;

function toId(value: unknown): Readable {
  const text = typeof value === 'number' || typeof value === 'bigint' ? value.toString() : value;
  if (isAbsent(text)) return undefined;
  return outsideId.safeParse(text).data ?? UNUSABLE;
}

function toName(value: unknown): Readable {
  if (isAbsent(value)) return undefined;
  return typeof value === 'string' && /^[A-Za-z0-9_]{1,64}$/.test(value) ? value.toUpperCase() : UNUSABLE;
}

/** A whole number of minor units, whatever JSON type carries it. */
function toAmountMinor(value: unknown): Readable {
  if (isAbsent(value)) return undefined;
  const isWhole = typeof value === 'bigint' || Number.isSafeInteger(value);
  const text = isWhole ? String(value) : value;
  return typeof text === 'string' && /^(0|[1-9]\d{0,18})$/.test(text) ? text : UNUSABLE;
}

function toCurrency(value: unknown): Readable {
  if (isAbsent(value)) return undefined;
  return typeof value === 'string' && /^[A-Za-z]{3}$/.test(value) ? value.toUpperCase() : UNUSABLE;
}

function toInstant(value: unknown): Readable {
  if (isAbsent(value)) return undefined;
  const text = typeof value === 'string' ? value.trim().replace(/([+-]\d{2})(\d{2})$/, '$1:$2') : undefined;
  const instantUs = toInstantUs(text);
  return instantUs === undefined ? UNUSABLE : formatInstant(instantUs);
}

/** What could be a card number: it goes on no topic. */
const CARD_NUMBER = /\d(?:[ -]?\d){11,18}/g;

/** Without control characters and card numbers, at most so many characters, and never half of a surrogate pair. */
function toText(value: unknown, lengthMax: number): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value
    .replaceAll(/\p{Cc}/gu, ' ')
    .replaceAll(CARD_NUMBER, '[digits]')
    .slice(0, lengthMax)
    .toWellFormed();
  return text === '' ? undefined : text;
}

function orAbsent(value: Readable): string | undefined {
  return value === UNUSABLE ? undefined : value;
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}
