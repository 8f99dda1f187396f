import { expect, it } from '@jest/globals';
import { sessionAmount, sessionPurchase } from './client-session.policy.ts';
import type { ClientSessionDetails } from './client-session.types.ts';

it.each([
  ['its amount', { amount: 650 }, 650],
  ['an amount of nothing', { amount: 0 }, 0],
  ['its amount before its line items', { amount: 650, order: { lineItems: [{ amount: 1, quantity: 1 }] } }, 650],
  [
    'line items less discount, with tax, fees and shipping',
    {
      order: {
        lineItems: [
          { amount: 500, quantity: 2, discountAmount: 100, taxAmount: 50 },
          { amount: 7, quantity: 1 },
        ],
        fees: [{ amount: 30 }],
        shipping: { amount: 20 },
      },
    },
    1_007,
  ],
  ['neither amount nor line items', {}, undefined],
  ['line items beyond what a number holds', { order: { lineItems: [{ amount: 2 ** 52, quantity: 4 }] } }, undefined],
] as [string, ClientSessionDetails, number | undefined][])('a session costs %s', (_name, details, amount) => {
  expect(sessionAmount(details)).toBe(amount);
});

it.each([
  ['an order', { amount: 1, currencyCode: 'EUR' }],
  ['a currency', { amount: 1, orderId: 'order-1' }],
  ['an amount', { currencyCode: 'EUR', orderId: 'order-1' }],
] as [string, ClientSessionDetails][])('a session without %s cannot be paid', (_name, details) => {
  expect(sessionPurchase(details)).toBeUndefined();
});
