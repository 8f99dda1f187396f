import { expect, it } from '@jest/globals';
import { writeWebhookBody } from './webhook-body.policy.ts';
import type { WebhookEventType } from './webhook.types.ts';

const SENDER = { notificationConfigId: 'config-1', primerAccountId: 'account-1' };
const MOMENT = { nowMicros: 1_613_921_776_367_687, signedAtMicros: 1_613_921_700_000_000 };

function bodyOf(eventType: WebhookEventType, subject: object): unknown {
  return JSON.parse(writeWebhookBody({ eventType, subject: JSON.stringify(subject) }, SENDER, MOMENT));
}

it.each(['PAYMENT.STATUS', 'PAYMENT.REFUND'] as const)('%s carries the payment object', (eventType) => {
  expect(bodyOf(eventType, { id: 'payment-1' })).toEqual({
    eventType,
    date: '2021-02-21T15:36:16.367687',
    notificationConfig: { id: 'config-1', description: 'Sandbox webhook' },
    version: '2.4',
    signedAt: '1613921700',
    payment: { id: 'payment-1' },
  });
});

it('a failed try carries its own fields beside what every webhook of a payment has', () => {
  const fields = { payment: { id: 'payment-1' }, requestAmount: 5, transactionEvent: { id: 'try-1' } };
  expect(bodyOf('PAYMENT.CAPTURE.FAILED', fields)).toMatchObject({ ...fields, signedAt: '1613921700', version: '2.4' });
});

it('a dispute is told flat, with the account and without the two dates of a delivery', () => {
  expect(bodyOf('DISPUTE.OPENED', { paymentId: 'payment-1' })).toEqual({
    eventType: 'DISPUTE.OPENED',
    version: '2.4',
    primerAccountId: 'account-1',
    paymentId: 'payment-1',
  });
});
