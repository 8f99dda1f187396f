import { toRecord, withoutAbsent } from './error-envelope.ts';

type Source = Readonly<Record<string, unknown>>;

/** `lastPaymentError` had words of its own for what `statusReason` says now. */
const STATUS_REASON_TYPES: Readonly<Record<string, string>> = { ISSUER_DECLINE: 'ISSUER_DECLINED' };
const DECLINE_TYPES: Readonly<Record<string, string>> = { SOFT: 'SOFT_DECLINE', HARD: 'HARD_DECLINE' };

/**
 * A payment of the older API's shape in the words of API v2.4; one that is of that shape already comes back with the
 * same fields. The older documents describe `paymentInstrument`, `vaultedPaymentInstrument`, `lastPaymentError`,
 * `options.recurring`, and amounts at the top; the README of this library has the table. What both shapes say is
 * taken from the newer one, and nothing is lost: fields that have no newer name stay.
 */
export function toCurrentShape(payment: Source): Source {
  return {
    ...payment,
    ...withoutAbsent({
      customerId: payment.customerId ?? toRecord(payment.customer)?.id,
      paymentMethod: toPaymentMethod(payment),
      processor: toProcessor(payment),
      statusReason: payment.statusReason ?? toStatusReason(payment.lastPaymentError),
    }),
  };
}

function toPaymentMethod(payment: Source): Source | undefined {
  const instrument = toRecord(payment.paymentInstrument);
  const vaulted = toRecord(payment.vaultedPaymentInstrument);
  const recurring = toRecord(toRecord(payment.options)?.recurring);
  return fillUp(toRecord(payment.paymentMethod), {
    paymentMethodToken: vaulted?.token ?? instrument?.token,
    isVaulted: vaulted === undefined ? undefined : true,
    analyticsId: instrument?.analyticsId,
    paymentMethodType: instrument?.paymentInstrumentType,
    paymentMethodData: instrument?.paymentInstrumentData,
    threeDSecureAuthentication: instrument?.threeDSecureAuthentication,
    paymentType: recurring?.transactionType,
  });
}

/** The amounts stood at the top; a processor was a name. */
function toProcessor(payment: Source): Source | undefined {
  return fillUp(toRecord(payment.processor), {
    name: typeof payment.processor === 'string' ? payment.processor : undefined,
    amountCaptured: payment.amountCaptured,
    amountRefunded: payment.amountRefunded,
  });
}

/** What the newer shape leaves open is taken from the older one; undefined where neither says a thing. */
function fillUp(current: Source | undefined, older: Source): Source | undefined {
  const missing = Object.entries(older).filter(
    ([name, value]) => (current?.[name] ?? null) === null && (value ?? null) !== null,
  );
  return current === undefined && missing.length === 0 ? undefined : { ...current, ...Object.fromEntries(missing) };
}

function toStatusReason(lastPaymentError: unknown): Source | undefined {
  const older = toRecord(lastPaymentError);
  return older === undefined
    ? undefined
    : toStatusReasonWords({
        ...withoutAbsent({ type: older.type, declineType: older.declineType }),
        ...withoutAbsent({ code: older.declineCode, message: older.processorMessage }),
      });
}

/** A status reason whose older words, which some pages of the newer documents still use, are the newer ones. */
export function toStatusReasonWords(reason: Source): Source {
  return {
    ...reason,
    ...withoutAbsent({
      type: toNewerWord(STATUS_REASON_TYPES, reason.type),
      declineType: toNewerWord(DECLINE_TYPES, reason.declineType),
    }),
  };
}

function toNewerWord(words: Readonly<Record<string, string>>, word: unknown): unknown {
  return typeof word === 'string' && Object.hasOwn(words, word) ? words[word] : word;
}
