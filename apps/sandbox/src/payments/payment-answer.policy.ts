import { NETWORK_NAMES } from '../cards/card.policy.ts';
import type { PaymentInstrument } from '../cards/payment-instrument.types.ts';
import { toPrimerDate } from '../clock/date.policy.ts';
import type { Payment, Transaction, TransactionEvent } from './payment.types.ts';

/** The emulator's one processor; Primer's own is called "Primer Sandbox Processor". */
export const PROCESSOR_NAME = 'PRIMER_SANDBOX_PROCESSOR';
export const PROCESSOR_MERCHANT_ID = 'sandbox-merchant';

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
      isVaulted: false,
      analyticsId: payment.instrument.analyticsId,
      paymentMethodType: 'PAYMENT_CARD',
      paymentMethodData: toCardData(payment.instrument),
      threeDSecureAuthentication: { responseCode: 'NOT_PERFORMED' },
    },
    processor: {
      name: PROCESSOR_NAME,
      processorMerchantId: PROCESSOR_MERCHANT_ID,
      amountCaptured: payment.amountCaptured,
      amountRefunded: payment.amountRefunded,
    },
    statusReason: payment.statusReason,
    transactions: payment.transactions.map((transaction) => toTransaction(payment, transaction, options)),
    riskData: {
      fraudChecks: { source: 'FRAUD_PROVIDER', preAuthorizationResult: 'ACCEPT', postAuthorizationResult: 'ACCEPT' },
      cvvCheck: { source: 'PROCESSOR', result: 'MATCHED' },
      avsCheck: { source: 'PROCESSOR', result: { streetAddress: 'NOT_PROVIDED', postalCode: 'NOT_PROVIDED' } },
    },
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
    processor: { name: PROCESSOR_NAME, processorMerchantId: PROCESSOR_MERCHANT_ID },
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
    orderId: payment.orderId,
    transactionType: transaction.type,
    processorTransactionId: transaction.processorTransactionId,
    processorName: PROCESSOR_NAME,
    processorMerchantId: PROCESSOR_MERCHANT_ID,
    processorStatus: transaction.status,
    processorStatusReason: transaction.statusReason,
    cardTokenType: 'CARD_PAN',
    events: options.expandEvents ? transaction.events.map(toEvent) : undefined,
  };
}

function toEvent(event: TransactionEvent): object {
  return { id: event.id, date: toPrimerDate(event.atMicros), type: event.type, amount: event.amount };
}
