import { NETWORK_NAMES } from '../cards/card.policy.ts';
import { isCard } from '../cards/payment-instrument.policy.ts';
import type { AccountInstrument, AccountType, CardInstrument } from '../cards/payment-instrument.types.ts';
import { toPrimerDate } from '../clock/date.policy.ts';
import type { Payment, RequiredAction, Transaction, TransactionEvent } from './payment.types.ts';

/**
 * Primer's payment object (API v2.4). Absent values are left out, as at Primer. The documents call a transaction's kind
 * both `type` and `transactionType`; the schema of 2.4 has the second, and so has this.
 */
export function toPaymentAnswer(payment: Payment, options: { readonly expandEvents: boolean }): object {
  return {
    id: payment.id,
    date: toPrimerDate(payment.createdAtMicros),
    dateUpdated: toPrimerDate(payment.updatedAtMicros),
    status: payment.status,
    cardTokenType: cardTokenType(payment),
    orderId: payment.orderId,
    currencyCode: payment.currencyCode,
    amount: payment.amount,
    order: payment.order,
    customerId: payment.customerId,
    customer: payment.customer,
    metadata: payment.metadata,
    paymentMethod: {
      descriptor: payment.descriptor,
      paymentType: payment.paymentType,
      authorizationType: payment.authorizationType ?? 'FINAL',
      paymentMethodToken: payment.instrument.token,
      isVaulted: payment.isVaulted,
      analyticsId: payment.instrument.analyticsId,
      paymentMethodType: payment.instrument.methodType ?? 'PAYMENT_CARD',
      paymentMethodData: toPaymentMethodData(payment),
      threeDSecureAuthentication: payment.threeDSecure,
    },
    processor: {
      ...payment.processor,
      amountCaptured: payment.amountCaptured,
      amountRefunded: payment.amountRefunded,
    },
    requiredAction: payment.requiredAction && toRequiredAction(payment.requiredAction),
    statusReason: payment.statusReason,
    transactions: payment.transactions.map((transaction) => toTransaction(payment, transaction, options)),
    riskData: toRiskData(payment),
  };
}

/** A payment as the list shows it: Primer's payment summary. */
export function toPaymentSummary(payment: Payment): object {
  return {
    id: payment.id,
    date: toPrimerDate(payment.createdAtMicros),
    dateUpdated: toPrimerDate(payment.updatedAtMicros),
    status: payment.status,
    orderId: payment.orderId,
    processor: payment.processor,
    currencyCode: payment.currencyCode,
    amount: payment.amount,
    metadata: payment.metadata,
  };
}

/** Cards of such customers are network tokens in Primer's sandbox. */
const NETWORK_TOKEN_CUSTOMERS = 'primer-nt-testing.';

function isNetworkToken(payment: Payment): boolean {
  return payment.customerId?.startsWith(NETWORK_TOKEN_CUSTOMERS) ?? false;
}

/** "Only applies for card payments." */
function cardTokenType(payment: Payment): string | undefined {
  if (!isCard(payment.instrument)) return undefined;
  return isNetworkToken(payment) ? 'NETWORK_TOKEN' : 'CARD_PAN';
}

/** What is told of an account; of a transfer from the shopper's bank the documents show nothing. */
const ACCOUNT_DATA: Readonly<
  Record<AccountType, (payment: Payment, account: AccountInstrument) => object | undefined>
> = {
  PAYPAL: toPayPalData,
  KLARNA: toKlarnaData,
  ADYEN_SOFORT: () => undefined,
};

function toPaymentMethodData(payment: Payment): object | undefined {
  const { instrument } = payment;
  if (isCard(instrument)) return toCardData(instrument, isNetworkToken(payment));
  return ACCOUNT_DATA[instrument.methodType](payment, instrument);
}

/** One purchase is an order at PayPal, a vaulted account an agreement on those to come. */
function toPayPalData(payment: Payment, { reference, emailAddress, analyticsId }: AccountInstrument): object {
  const name = payment.isVaulted ? 'paypalBillingAgreementId' : 'paypalOrderId';
  return { [name]: reference, externalPayerInfo: { externalPayerId: analyticsId, email: emailAddress } };
}

/** One purchase is an authorization at Klarna, a vaulted account a customer token. */
function toKlarnaData(payment: Payment, { reference, emailAddress }: AccountInstrument): object {
  const name = payment.isVaulted ? 'klarnaCustomerToken' : 'klarnaAuthorizationToken';
  const sessionData = {
    billingAddress: { email: emailAddress },
    purchaseCountry: 'DE',
    purchaseCurrency: payment.currencyCode,
    locale: 'de-DE',
    orderLines: [],
  };
  return { [name]: reference, sessionData };
}

function toCardData(card: CardInstrument, isNetworkTokenized: boolean): object {
  return {
    first6Digits: card.first6Digits,
    last4Digits: card.last4Digits,
    expirationMonth: card.expirationMonth,
    expirationYear: card.expirationYear,
    cardholderName: card.cardholderName,
    network: NETWORK_NAMES[card.network],
    isNetworkTokenized,
    binData: {
      network: card.network,
      regionalRestriction: 'UNKNOWN',
      accountNumberType: isNetworkTokenized ? 'NETWORK_TOKEN' : 'PRIMARY_ACCOUNT_NUMBER',
      accountFundingType: card.accountFundingType,
      prepaidReloadableIndicator: 'NOT_APPLICABLE',
      productUsageType: 'UNKNOWN',
      productCode: card.network,
      productName: card.network,
    },
  };
}

function toTransaction(
  payment: Payment,
  transaction: Transaction,
  options: { readonly expandEvents: boolean },
): object {
  return {
    date: toPrimerDate(transaction.atMicros),
    amount: transaction.amount,
    currencyCode: payment.currencyCode,
    orderId: transaction.orderId ?? payment.orderId,
    transactionType: transaction.type,
    processorTransactionId: transaction.processorTransactionId,
    processorName: payment.processor.name,
    processorMerchantId: payment.processor.processorMerchantId,
    processorStatus: transaction.status,
    processorStatusReason: transaction.statusReason,
    cardTokenType: cardTokenType(payment),
    reason: transaction.reason,
    events: options.expandEvents ? transaction.events.map(toEvent) : undefined,
  };
}

function toEvent(event: TransactionEvent): object {
  return {
    id: event.id,
    date: toPrimerDate(event.atMicros),
    type: event.type,
    amount: event.amount,
    final: event.final,
  };
}

/** What the browser gets; how it ended is for the one who resumes the payment. */
function toRequiredAction({ name, description, clientToken }: RequiredAction): object {
  return { name, description, clientToken };
}

/** Checks that were made: before the processor when 3-D Secure was called for, and by it when it said yes. */
function toRiskData(payment: Payment): object {
  const wentToShopper = ['CHALLENGE', 'AUTH_SUCCESS', 'AUTH_FAILED'].includes(payment.threeDSecure.responseCode);
  const wasAuthorised = payment.transactions.length > 0 && payment.statusReason === undefined;
  const ofCard = (result: string): string => (isCard(payment.instrument) ? result : 'NOT_APPLICABLE');
  const ofAddress = ofCard('NOT_PROVIDED');
  return {
    fraudChecks: {
      source: 'FRAUD_PROVIDER',
      preAuthorizationResult: wentToShopper ? 'THREE_DS' : 'ACCEPT',
      postAuthorizationResult: wasAuthorised ? 'ACCEPT' : undefined,
    },
    cvvCheck: { source: 'PROCESSOR', result: ofCard(wasAuthorised ? 'MATCHED' : 'NOT_VERIFIED') },
    avsCheck: { source: 'PROCESSOR', result: { streetAddress: ofAddress, postalCode: ofAddress } },
  };
}
