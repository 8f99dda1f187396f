import { NETWORK_NAMES } from '../cards/card.policy.ts';
import type { PaymentInstrument } from '../cards/payment-instrument.types.ts';
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
    cardTokenType: 'CARD_PAN',
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
      paymentMethodType: 'PAYMENT_CARD',
      paymentMethodData: toCardData(payment.instrument),
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

function toCardData(card: PaymentInstrument): object {
  return {
    first6Digits: card.first6Digits,
    last4Digits: card.last4Digits,
    expirationMonth: card.expirationMonth,
    expirationYear: card.expirationYear,
    cardholderName: card.cardholderName,
    network: NETWORK_NAMES[card.network],
    isNetworkTokenized: false,
    binData: {
      network: card.network,
      regionalRestriction: 'UNKNOWN',
      accountNumberType: 'PRIMARY_ACCOUNT_NUMBER',
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
    cardTokenType: 'CARD_PAN',
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
  return {
    fraudChecks: {
      source: 'FRAUD_PROVIDER',
      preAuthorizationResult: wentToShopper ? 'THREE_DS' : 'ACCEPT',
      postAuthorizationResult: wasAuthorised ? 'ACCEPT' : undefined,
    },
    cvvCheck: { source: 'PROCESSOR', result: wasAuthorised ? 'MATCHED' : 'NOT_VERIFIED' },
    avsCheck: { source: 'PROCESSOR', result: { streetAddress: 'NOT_PROVIDED', postalCode: 'NOT_PROVIDED' } },
  };
}
