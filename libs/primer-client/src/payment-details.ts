import { KnownError } from '@tollgate/contracts';
import { toRecord, withoutAbsent } from './error-envelope.ts';
import { toCurrentShape, toStatusReasonWords } from './older-shape.ts';
import type {
  CardDetails,
  PaymentDetails,
  PaymentMethodDetails,
  RequiredAction,
  RiskDetails,
  StatusReason,
  TransactionDetails,
} from './payment-details.types.ts';
import {
  toAmount,
  toBoolean,
  toCurrency,
  toId,
  toRecords,
  toShortText,
  toUtcMicroseconds,
} from './tolerant-reading.ts';

type Source = Readonly<Record<string, unknown>>;

const WORD_LENGTH_MAX = 64;
const NAME_LENGTH_MAX = 256;
const TEXT_LENGTH_MAX = 1_024;
/** A client token is a signed JSON web token. */
const TOKEN_LENGTH_MAX = 16_384;

/**
 * Reads a payment in Primer's own words, as tolerantly as {@link toPaymentSnapshot} does.
 * @throws KnownError PROVIDER_ANSWER_UNKNOWN if there is no usable `id` or `status`
 */
export function toPaymentDetails(payment: unknown): PaymentDetails {
  const given = toRecord(payment);
  const id = toId(given?.id);
  const status = toWord(given?.status);
  if (given === undefined || id === undefined || status === undefined) {
    throw new KnownError('PROVIDER_ANSWER_UNKNOWN', { detail: 'A payment needs an id and a status' });
  }
  const source = toCurrentShape(given);
  return withoutAbsent({
    id,
    status,
    date: toUtcMicroseconds(source.date),
    dateUpdated: toUtcMicroseconds(source.dateUpdated),
    orderId: toId(source.orderId),
    currencyCode: toCurrency(source.currencyCode),
    amount: toAmount(source.amount),
    cardTokenType: toWord(source.cardTokenType),
    customerId: toId(source.customerId),
    customer: ifRecord(source.customer, toCustomer),
    metadata: ifRecord(source.metadata, toMetadata),
    paymentMethod: ifRecord(source.paymentMethod, toPaymentMethod),
    processor: ifRecord(source.processor, toProcessor),
    requiredAction: ifRecord(source.requiredAction, toRequiredAction),
    statusReason: ifRecord(source.statusReason, toStatusReason),
    transactions: toRecords(source.transactions).map(toTransaction),
    riskData: ifRecord(source.riskData, toRiskData),
  });
}

function toCustomer(source: Source): PaymentDetails['customer'] {
  return withoutAbsent({
    emailAddress: toName(source.emailAddress) ?? toName(source.email),
    firstName: toName(source.firstName),
    lastName: toName(source.lastName),
  });
}

/** Strings and integers, as the documents allow; anything else is left out. */
function toMetadata(source: Source): PaymentDetails['metadata'] {
  const entries = Object.entries(source).filter(
    (entry): entry is [string, string | number | bigint] =>
      typeof entry[1] === 'string' || typeof entry[1] === 'number' || typeof entry[1] === 'bigint',
  );
  return Object.fromEntries(entries);
}

function toPaymentMethod(source: Source): PaymentMethodDetails {
  return withoutAbsent({
    paymentMethodType: toWord(source.paymentMethodType),
    paymentType: toWord(source.paymentType),
    authorizationType: toWord(source.authorizationType),
    descriptor: toName(source.descriptor),
    isVaulted: toBoolean(source.isVaulted),
    paymentMethodToken: toShortText(source.paymentMethodToken, TOKEN_LENGTH_MAX),
    analyticsId: toId(source.analyticsId),
    card: ifRecord(source.paymentMethodData, toCard),
    threeDSecureAuthentication: ifRecord(source.threeDSecureAuthentication, (authentication) =>
      withoutAbsent({
        responseCode: toWord(authentication.responseCode),
        reasonCode: toWord(authentication.reasonCode),
        reasonText: toText(authentication.reasonText),
        protocolVersion: toWord(authentication.protocolVersion),
        challengeIssued: toBoolean(authentication.challengeIssued),
      }),
    ),
  });
}

function toCard(source: Source): CardDetails | undefined {
  const last4Digits = toWord(source.last4Digits);
  return last4Digits === undefined
    ? undefined // What has no last digits is no card.
    : withoutAbsent({
        first6Digits: toWord(source.first6Digits),
        last4Digits,
        expirationMonth: toWord(source.expirationMonth),
        expirationYear: toWord(source.expirationYear),
        cardholderName: toName(source.cardholderName),
        network: toWord(source.network),
        isNetworkTokenized: toBoolean(source.isNetworkTokenized),
        binData: ifRecord(source.binData, (binData) =>
          withoutAbsent({
            network: toWord(binData.network),
            issuerCountryCode: toWord(binData.issuerCountryCode),
            issuerName: toName(binData.issuerName),
            issuerCurrencyCode: toCurrency(binData.issuerCurrencyCode),
            regionalRestriction: toWord(binData.regionalRestriction),
            accountNumberType: toWord(binData.accountNumberType),
            accountFundingType: toWord(binData.accountFundingType),
            prepaidReloadableIndicator: toWord(binData.prepaidReloadableIndicator),
            productUsageType: toWord(binData.productUsageType),
            productCode: toWord(binData.productCode),
            productName: toName(binData.productName),
          }),
        ),
      });
}

function toProcessor(source: Source): PaymentDetails['processor'] {
  return withoutAbsent({
    name: toName(source.name),
    processorMerchantId: toName(source.processorMerchantId),
    amountCaptured: toAmount(source.amountCaptured),
    amountRefunded: toAmount(source.amountRefunded),
  });
}

function toRequiredAction(source: Source): RequiredAction {
  return withoutAbsent({
    name: toWord(source.name),
    description: toText(source.description),
    clientToken: toShortText(source.clientToken, TOKEN_LENGTH_MAX),
  });
}

function toStatusReason(given: Source): StatusReason {
  const source = toStatusReasonWords(given);
  return withoutAbsent({
    type: toWord(source.type),
    declineType: toWord(source.declineType),
    code: toWord(source.code),
    message: toText(source.message),
    advisedAction: toWord(source.advisedAction),
    paymentMethodResultCode: toWord(source.paymentMethodResultCode),
    paymentMethodResultMessage: toText(source.paymentMethodResultMessage),
    paymentMethodAdviceCode: toWord(source.paymentMethodAdviceCode),
    paymentMethodAdviceMessage: toText(source.paymentMethodAdviceMessage),
  });
}

/** The REST example says `type`, the webhook and the schema `transactionType`; both are read. */
function toTransaction(source: Source): TransactionDetails {
  return withoutAbsent({
    transactionType: toWord(source.transactionType) ?? toWord(source.type),
    processorTransactionId: toName(source.processorTransactionId) ?? toName(source.id),
    processorName: toName(source.processorName) ?? toName(source.processor),
    processorMerchantId: toName(source.processorMerchantId),
    processorStatus: toWord(source.processorStatus) ?? toWord(source.status),
    processorStatusReason: ifRecord(source.processorStatusReason, toStatusReason),
    date: toUtcMicroseconds(source.date),
    amount: toAmount(source.amount),
    currencyCode: toCurrency(source.currencyCode),
    orderId: toId(source.orderId),
    reason: toText(source.reason),
    cardTokenType: toWord(source.cardTokenType),
    events: Array.isArray(source.events) ? toRecords(source.events).map(toEvent) : undefined,
  });
}

function toEvent(source: Source) {
  return withoutAbsent({
    id: toId(source.id),
    processorEventId: toName(source.processorEventId),
    type: toWord(source.type),
    date: toUtcMicroseconds(source.date),
    amount: toAmount(source.amount),
    final: toBoolean(source.final),
  });
}

function toRiskData(source: Source): RiskDetails {
  return withoutAbsent({
    fraudChecks: ifRecord(source.fraudChecks, (checks) =>
      withoutAbsent({
        source: toName(checks.source),
        preAuthorizationResult: toWord(checks.preAuthorizationResult),
        preAuthorizationRecommendation: toWord(checks.preAuthorizationRecommendation),
        postAuthorizationResult: toWord(checks.postAuthorizationResult),
      }),
    ),
    cvvCheck: ifRecord(source.cvvCheck, (check) =>
      withoutAbsent({ source: toName(check.source), result: toWord(check.result) }),
    ),
    avsCheck: ifRecord(source.avsCheck, (check) =>
      withoutAbsent({
        source: toName(check.source),
        result: ifRecord(check.result, ({ streetAddress, postalCode }) =>
          withoutAbsent({ streetAddress: toWord(streetAddress), postalCode: toWord(postalCode) }),
        ),
      }),
    ),
  });
}

function ifRecord<Read>(value: unknown, read: (source: Source) => Read): Read | undefined {
  const source = toRecord(value);
  return source === undefined ? undefined : read(source);
}

function toWord(value: unknown): string | undefined {
  return toShortText(value, WORD_LENGTH_MAX);
}

function toName(value: unknown): string | undefined {
  return toShortText(value, NAME_LENGTH_MAX);
}

function toText(value: unknown): string | undefined {
  return toShortText(value, TEXT_LENGTH_MAX);
}
