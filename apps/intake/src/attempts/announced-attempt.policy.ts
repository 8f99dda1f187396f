import { createHmac, type KeyObject } from 'node:crypto';
import type { PersonalValues } from '@tollgate/persistence';
import type { AttemptPaymentMethod, AttemptTokenisedData, PostAttemptBody } from '@tollgate/contracts';

/** By whose key an attempt comes in. */
export interface AttemptPoster {
  readonly merchantId: string;
  /** The person who was given the key, if one was. */
  readonly personId?: string | undefined;
}

/**
 * What a shop's request says, as the event that announces it. Allow-list: the single-use token is hashed and dropped
 * here, of the card no more passes than BIN, last four digits, network and expiry, and what is personal leaves as a keyed
 * hash.
 * @param tokenHashKey keys the token's hash, so that nobody can try tokens against it
 */
export function toTokenisedData(
  body: PostAttemptBody,
  { merchantId, personId }: AttemptPoster,
  tokenHashKey: KeyObject,
  personal: PersonalValues,
): Omit<AttemptTokenisedData, 'clocks'> {
  const { paymentMethodToken: method, order, shopper } = body;
  return withoutAbsent({
    merchantId,
    paymentAttemptId: body.paymentAttemptId,
    clientSessionId: body.clientSessionId,
    instrument: method.analyticsId ?? hashToken(method.token, tokenHashKey),
    sdkTimestamp: body.timestamp,
    order: withoutAbsent({
      orderId: order.orderId,
      amountMinor: order.amount.toString(),
      currency: order.currencyCode,
      customerId: order.customerId ?? undefined,
      emailHash: personal.hash('email', order.emailAddress),
      billingCountry: order.billingAddress?.countryCode ?? undefined,
      shippingCountry: order.shippingAddress?.countryCode ?? undefined,
      metadata: order.metadata ?? undefined,
    }),
    paymentMethod: toPaymentMethod(body),
    shopper:
      shopper === undefined || shopper === null
        ? undefined
        : withoutAbsent({
            ipHash: personal.hash('ip', shopper.ipAddress),
            deviceHash: personal.hash('device', shopper.deviceId),
            userAgent: shopper.userAgent ?? undefined,
            platform: shopper.platform ?? undefined,
          }),
    postedBy: personId,
  });
}

/** Stands in for the instrument where Primer gives no analyticsId. The prefix keeps the two apart. */
export function hashToken(token: string, key: KeyObject): string {
  return `token:${createHmac('sha256', key).update(token, 'utf8').digest('base64url')}`;
}

/** Names of the fields are the SDK's; what does not look like itself is dropped, for it is the browser's word only. */
function toPaymentMethod({ paymentMethodToken: method, binData }: PostAttemptBody): AttemptPaymentMethod {
  const card = asObject(method.paymentInstrumentData);
  const looked = asObject(card['binData']);
  const preferred = asObject(asObject(binData)['preferred']);
  return withoutAbsent({
    tokenType: method.tokenType,
    paymentInstrumentType: method.paymentInstrumentType,
    analyticsId: method.analyticsId ?? undefined,
    network: shortText(card['network']) ?? shortText(looked['network']) ?? shortText(preferred['network']),
    bin: toBin(card['first6Digits']) ?? toBin(asObject(binData)['firstDigits']),
    last4: matching(card['last4Digits'], /^\d{4}$/),
    expirationMonth: matching(card['expirationMonth'], /^\d{1,2}$/),
    expirationYear: matching(card['expirationYear'], /^\d{2}(\d{2})?$/),
    issuerCountry:
      matching(looked['issuerCountryCode'], /^[A-Z]{2}$/) ?? matching(preferred['issuerCountryCode'], /^[A-Z]{2}$/),
    accountFundingType: shortText(looked['accountFundingType']) ?? shortText(preferred['accountFundingType']),
    vaultedCustomerId: method.vaultData?.customerId ?? undefined,
  });
}

/** The first six of the six to twelve digits that Primer looks cards up by. */
function toBin(value: unknown): string | undefined {
  return matching(value, /^\d{6,12}$/)?.slice(0, 6);
}

function matching(value: unknown, pattern: RegExp): string | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && pattern.test(text) ? text : undefined;
}

/** Names of networks and the like: words. Digits in a row could be a card number in the wrong field. */
function shortText(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\p{L} _-]{1,64}$/u.test(value) ? value : undefined;
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function withoutAbsent<T extends object>(parts: T): T {
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined)) as T;
}
