import { describe, expect, it } from '@jest/globals';
import { describeCard } from '../cards/card.policy.ts';
import { toPaymentAnswer, toPaymentSummary } from './payment-answer.policy.ts';
import { authorisePayment, createPayment } from './payment.policy.ts';
import type { Payment } from './payment.types.ts';

const ids = {
  paymentId: 'IHQlakKC7d',
  processorTransactionId: '8cf8a7a3-93b6-4c8c-9b9b-14f1f0f3a1a9',
  eventId: '46d25279-9d36-4237-8f45-2dc4e4e262d6',
};

function pending(cardNumber: string): Payment {
  return createPayment({
    ids,
    tenantId: 'default',
    paymentAttemptId: '6c5d3a30-3c2e-4f55-9d8e-5b3d5e3a5c7f',
    purchase: { orderId: 'order-abc', currencyCode: 'EUR', amount: 4_200, customerId: 'customer-123' },
    instrument: {
      ...describeCard(cardNumber),
      token: 'heNwnqaeRiqvY1UcslfQc3wxNjEzOTIxNjc4',
      analyticsId: 'VtkMDAxZW5isH0HsbbNxZ3lo',
      cardholderName: 'John Doe',
      expirationMonth: '12',
      expirationYear: '2030',
    },
    nowMicros: 1_613_921_776_367_687,
  });
}

function authorised(cardNumber: string): Payment {
  return authorisePayment(pending(cardNumber), ids, 1_613_921_777_133_701);
}

describe('a payment', () => {
  it.each([
    ['4111111111111111', 'AUTHORIZED', undefined],
    ['4000000000000002', 'DECLINED', 'ISSUER_DECLINED'],
    ['4000000000000010', 'FAILED', 'GATEWAY_REJECTED'],
    ['4444333322221111', 'FAILED', 'GATEWAY_REJECTED'],
  ])('by card %s ends %s', (cardNumber, status, reason) => {
    const payment = authorised(cardNumber);
    expect(payment.status).toBe(status);
    expect(payment.statusReason?.type).toBe(reason);
    expect(payment.transactions).toMatchObject([{ type: 'SALE', status, amount: 4_200 }]);
    expect(payment.amountCaptured).toBe(0);
  });

  it('is sent to the processor once', () => {
    expect(() => authorisePayment(authorised('4111111111111111'), ids, 1)).toThrow(/cannot move/);
  });
});

describe('the payment object of API v2.4', () => {
  it('has the documented fields of an authorised card payment', () => {
    expect(JSON.parse(JSON.stringify(toPaymentAnswer(authorised('4111111111111111'), { expandEvents: true })))).toEqual(
      {
        id: 'IHQlakKC7d',
        date: '2021-02-21T15:36:16.367687',
        dateUpdated: '2021-02-21T15:36:17.133701',
        status: 'AUTHORIZED',
        cardTokenType: 'CARD_PAN',
        orderId: 'order-abc',
        currencyCode: 'EUR',
        amount: 4_200,
        customerId: 'customer-123',
        paymentMethod: {
          authorizationType: 'FINAL',
          paymentMethodToken: 'heNwnqaeRiqvY1UcslfQc3wxNjEzOTIxNjc4',
          isVaulted: false,
          analyticsId: 'VtkMDAxZW5isH0HsbbNxZ3lo',
          paymentMethodType: 'PAYMENT_CARD',
          paymentMethodData: {
            first6Digits: '411111',
            last4Digits: '1111',
            expirationMonth: '12',
            expirationYear: '2030',
            cardholderName: 'John Doe',
            network: 'Visa',
            isNetworkTokenized: false,
            binData: {
              network: 'VISA',
              regionalRestriction: 'UNKNOWN',
              accountNumberType: 'PRIMARY_ACCOUNT_NUMBER',
              accountFundingType: 'DEBIT',
              prepaidReloadableIndicator: 'NOT_APPLICABLE',
              productUsageType: 'UNKNOWN',
              productCode: 'VISA',
              productName: 'VISA',
            },
          },
          threeDSecureAuthentication: { responseCode: 'NOT_PERFORMED' },
        },
        processor: {
          name: 'PRIMER_SANDBOX_PROCESSOR',
          processorMerchantId: 'sandbox-merchant',
          amountCaptured: 0,
          amountRefunded: 0,
        },
        transactions: [
          {
            date: '2021-02-21T15:36:17.133701',
            amount: 4_200,
            currencyCode: 'EUR',
            orderId: 'order-abc',
            transactionType: 'SALE',
            processorTransactionId: ids.processorTransactionId,
            processorName: 'PRIMER_SANDBOX_PROCESSOR',
            processorMerchantId: 'sandbox-merchant',
            processorStatus: 'AUTHORIZED',
            cardTokenType: 'CARD_PAN',
            events: [
              { id: ids.eventId, date: '2021-02-21T15:36:17.133701', type: 'AUTHORIZATION_SUCCEEDED', amount: 4_200 },
            ],
          },
        ],
        riskData: {
          fraudChecks: {
            source: 'FRAUD_PROVIDER',
            preAuthorizationResult: 'ACCEPT',
            postAuthorizationResult: 'ACCEPT',
          },
          cvvCheck: { source: 'PROCESSOR', result: 'MATCHED' },
          avsCheck: { source: 'PROCESSOR', result: { streetAddress: 'NOT_PROVIDED', postalCode: 'NOT_PROVIDED' } },
        },
      },
    );
  });

  it('says why the issuer declined', () => {
    expect(toPaymentAnswer(authorised('4000000000000002'), { expandEvents: false })).toMatchObject({
      status: 'DECLINED',
      statusReason: { type: 'ISSUER_DECLINED', declineType: 'SOFT_DECLINE', code: 'DO_NOT_HONOR' },
      transactions: [{ processorStatus: 'DECLINED', processorStatusReason: { type: 'ISSUER_DECLINED' } }],
    });
  });

  it('holds events only when they are asked for, and never the attempt', () => {
    const text = JSON.stringify(toPaymentAnswer(authorised('4111111111111111'), { expandEvents: false }));
    expect(text).not.toContain('events');
    expect(text).not.toContain('6c5d3a30');
  });

  it('is summed up in lists', () => {
    expect(Object.keys(toPaymentSummary(authorised('4111111111111111')))).toEqual(
      expect.arrayContaining(['id', 'date', 'dateUpdated', 'status', 'orderId', 'currencyCode', 'amount', 'processor']),
    );
  });
});
