import { describe, expect, it } from '@jest/globals';
import { KnownError } from '@tollgate/contracts';
import type { z } from 'zod';
import {
  abortAttemptRequest,
  adjustAuthorizationRequest,
  authorizePaymentRequest,
  cancelPaymentRequest,
  capturePaymentRequest,
  clientSessionRequest,
  clientSessionUpdateRequest,
  createPaymentRequest,
  refundPaymentRequest,
  resumePaymentRequest,
} from './primer-request.schema.ts';
import { toIdempotencyKey, toJsonText, toPathId, toValidBody } from './request-body.ts';

const UUID = '6c5d3a30-3c2e-4f55-9d8e-5b3d5e3a5c7f';

const GOOD: ReadonlyArray<readonly [string, z.ZodType, object]> = [
  ['a manual session', clientSessionRequest, { approvalMode: 'MANUAL', orderId: 'o', currencyCode: 'EUR', amount: 1n }],
  ['an empty session', clientSessionRequest, {}],
  ['line items', clientSessionRequest, { order: { lineItems: [{ amount: 5n, quantity: 2 }], fees: [{ amount: 1n }] } }],
  ['a session update', clientSessionUpdateRequest, { clientToken: 't', amount: 0n }],
  ['a payment', createPaymentRequest, { paymentMethodToken: 't', amount: 9_223_372_036_854_775_807n }],
  ['vaulting', createPaymentRequest, { ...vaulting(), customerId: 'c' }],
  ['an authorisation', authorizePaymentRequest, { processor: { processorMerchantId: 'm' } }],
  ['a whole capture', capturePaymentRequest, {}],
  [
    'a part captured',
    capturePaymentRequest,
    { amount: 1n, final: false, metadata: { id: 1, text: 'a', long: 2n ** 60n } },
  ],
  ['a cancel', cancelPaymentRequest, { reason: 'out of stock' }],
  ['a refund', refundPaymentRequest, { amount: 1n, orderId: 'o-refund', transactionEventId: UUID }],
  ['an adjustment', adjustAuthorizationRequest, { amount: 5n, expand: ['transactions.events'] }],
  ['a resumption', resumePaymentRequest, { resumeToken: UUID }],
  ['an abort', abortAttemptRequest, { reason: 'fraud' }],
];

const BAD: ReadonlyArray<readonly [string, z.ZodType, object, string]> = [
  ['an unknown field', capturePaymentRequest, { amout: 1n }, '$'],
  ['a number for an amount', capturePaymentRequest, { amount: 1 }, '$.amount'],
  ['a negative amount', refundPaymentRequest, { amount: -1n }, '$.amount'],
  ['an amount beyond int64', adjustAuthorizationRequest, { amount: 2n ** 63n }, '$.amount'],
  ['a currency that Primer does not list', clientSessionRequest, { currencyCode: 'XXX' }, '$.currencyCode'],
  ['an order id of 256 characters', clientSessionRequest, { orderId: 'x'.repeat(256) }, '$.orderId'],
  ['an empty metadata key', clientSessionRequest, { metadata: { '': 'x' } }, '$.metadata.'],
  ['a fraction in metadata', clientSessionRequest, { metadata: { a: 1.5 } }, '$.metadata.a'],
  ['vaulting without a customer', createPaymentRequest, vaulting(), '$.customerId'],
  ['no token', createPaymentRequest, {}, '$.paymentMethodToken'],
  ['an approval mode in an update', clientSessionUpdateRequest, { clientToken: 't', approvalMode: 'MANUAL' }, '$'],
  ['a resume token that is no UUID', resumePaymentRequest, { resumeToken: 'x' }, '$.resumeToken'],
  ['a line without an amount', clientSessionRequest, { order: { lineItems: [{}] } }, '$.order.lineItems.0.amount'],
];

function vaulting() {
  return { paymentMethodToken: 't', paymentMethod: { vaultOnSuccess: true } };
}

describe('what is sent to Primer', () => {
  it.each(GOOD)('may be %s', (_name, schema, request) => {
    expect(toValidBody(schema, request)).toEqual(request);
  });

  it.each(BAD)('is not %s', (_name, schema, request, path) => {
    const refuse = () => toValidBody(schema, request);
    expect(refuse).toThrow(KnownError);
    expect(refuse).toThrow(
      expect.objectContaining({
        code: 'VALIDATION_FAILED',
        facts: { errors: [expect.objectContaining({ path })] },
      }),
    );
  });

  it('is refused without repeating its values, which may be secrets', () => {
    try {
      toValidBody(createPaymentRequest, { paymentMethodToken: ['secret-token'], other: 'secret-token' });
      throw new Error('it was accepted');
    } catch (error) {
      expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain('secret-token');
    }
  });

  it('has amounts as JSON integers with all of their digits', () => {
    expect(toJsonText({ amount: 9_223_372_036_854_775_807n, nested: [1n] })).toBe(
      '{"amount":9223372036854775807,"nested":[1]}',
    );
  });

  it.each(['', '.', '..', 'x'.repeat(257), '\uD800'])('never has the id %j in its path', (id) => {
    expect(() => toPathId(id)).toThrow(KnownError);
  });

  it.each(['', 'with space', 'line\r\nbreak', 'ü', 'x'.repeat(256)])('never has the idempotency key %j', (key) => {
    expect(() => toIdempotencyKey(key)).toThrow(KnownError);
  });
});
