import { describe, expect, it } from '@jest/globals';
import type { PaymentSnapshot } from '@tollgate/contracts';
import fc from 'fast-check';
import { checkCancel, checkCapture, checkRefund, toPaymentAmounts } from './amount-rules.policy.ts';

const payment = (overrides: Partial<PaymentSnapshot> = {}): PaymentSnapshot => ({
  paymentId: 'p-1',
  status: 'AUTHORIZED',
  currency: 'EUR',
  amountMinor: '4200',
  amountCapturedMinor: '0',
  amountRefundedMinor: '0',
  transactions: [],
  ...overrides,
});
const authorisation = { type: 'AUTHORIZATION_SUCCEEDED', at: '2026-01-05T10:00:00.000000Z', amountMinor: '4200' };
const partly = (captured: string, final = false) =>
  payment({
    status: 'PARTIALLY_SETTLED',
    amountMinor: captured,
    amountCapturedMinor: captured,
    events: [
      authorisation,
      { type: 'CAPTURE_SUCCEEDED', at: '2026-01-05T11:00:00.000000Z', amountMinor: captured, final },
    ],
  });

describe('a capture', () => {
  it('is for all that is left, and final, unless it says otherwise', () => {
    expect(checkCapture({}, payment())).toEqual({ kind: 'allowed', amountMinor: '4200', final: true });
    expect(checkCapture({}, partly('1000'))).toEqual({ kind: 'allowed', amountMinor: '3200', final: true });
    expect(checkCapture({ amountMinor: '3200' }, partly('1000'))).toMatchObject({ final: true });
    expect(checkCapture({ amountMinor: '3200', final: false }, partly('1000'))).toMatchObject({ final: false });
  });

  it('of less than is left must say whether the rest is given up', () => {
    expect(checkCapture({ amountMinor: '100' }, payment())).toEqual({ kind: 'refused', reason: 'final-not-said' });
    expect(checkCapture({ amountMinor: '100', final: false }, payment())).toMatchObject({ kind: 'allowed' });
  });

  it.each([
    ['more than is left', { amountMinor: '3201', final: true }, partly('1000'), 'amount-exceeds-authorised'],
    ['what a final capture has given up', { amountMinor: '1' }, partly('1000', true), 'nothing-to-capture'],
    ['a payment that is captured', {}, partly('4200'), 'nothing-to-capture'],
    ['a cancelled payment', {}, payment({ status: 'CANCELLED' }), 'not-capturable'],
    ['a payment that waits for the shopper', {}, payment({ status: 'PENDING' }), 'not-capturable'],
    ['an amount that nobody can tell', {}, payment({ status: 'SETTLING', amountMinor: '7' }), 'not-capturable'],
  ] as const)('is refused for %s', (_what, request, of, reason) => {
    expect(checkCapture(request, of)).toEqual({ kind: 'refused', reason });
  });

  it('knows the newest authorised amount, however it is told', () => {
    const adjusted = {
      type: 'AUTHORIZATION_ADJUSTMENT_SUCCEEDED',
      at: '2026-01-05T10:30:00.000000Z',
      amountMinor: '5000',
    };
    expect(toPaymentAmounts(payment({ events: [adjusted, authorisation] })).authorised).toBe(5000n);
    expect(toPaymentAmounts(payment({ status: 'SETTLING', amountAuthorizedMinor: '4200' })).authorised).toBe(4200n);
    expect(toPaymentAmounts(payment()).authorised).toBe(4200n);
  });
});

describe('a refund', () => {
  const refundOf = (amountMinor: string, status: string) => ({ id: status, type: 'REFUND', status, amountMinor });

  it('is for all that is captured and not refunded, unless it says otherwise', () => {
    expect(checkRefund({}, partly('1000'))).toEqual({ kind: 'allowed', amountMinor: '1000', final: null });
  });

  it('counts refunds under way, and no failed ones', () => {
    const refunding = { ...partly('1000'), transactions: [refundOf('600', 'PENDING'), refundOf('300', 'FAILED')] };
    expect(checkRefund({ amountMinor: '401' }, refunding)).toMatchObject({ reason: 'amount-exceeds-captured' });
    expect(checkRefund({}, refunding)).toMatchObject({ amountMinor: '400' });
  });

  it('is refused where nothing is captured or left', () => {
    expect(checkRefund({}, payment())).toEqual({ kind: 'refused', reason: 'nothing-to-refund' });
    const refunded = { ...partly('1000'), amountRefundedMinor: '1000' };
    expect(checkRefund({ amountMinor: '1' }, refunded)).toEqual({ kind: 'refused', reason: 'nothing-to-refund' });
  });
});

it('a cancel is for what is neither settled nor over', () => {
  expect(checkCancel(payment())).toMatchObject({ kind: 'allowed' });
  expect(checkCancel(payment({ status: 'SOMETHING_NEW' }))).toMatchObject({ kind: 'allowed' });
  for (const status of ['SETTLED', 'CANCELLED', 'FAILED', 'DECLINED']) {
    expect(checkCancel(payment({ status }))).toEqual({ kind: 'refused', reason: 'not-cancellable' });
  }
});

it('no allowed amount is zero, negative or beyond what is left', () => {
  const minor = fc.bigInt({ min: 0n, max: 9_223_372_036_854_775_807n }).map(String);
  const positive = fc.bigInt({ min: 1n, max: 9_223_372_036_854_775_807n }).map(String);
  fc.assert(
    fc.property(
      minor,
      minor,
      minor,
      fc.option(positive, { nil: undefined }),
      (authorised, captured, refunded, asked) => {
        const of = payment({
          status: 'PARTIALLY_SETTLED',
          amountAuthorizedMinor: authorised,
          amountCapturedMinor: captured,
          amountRefundedMinor: refunded,
        });
        const request = asked === undefined ? {} : { amountMinor: asked };
        const capture = checkCapture({ ...request, final: true }, of);
        const refund = checkRefund(request, of);
        const allowed = (verdict: typeof capture) =>
          BigInt(verdict.kind === 'allowed' ? (verdict.amountMinor ?? '0') : '1');
        expect(allowed(capture)).toBeGreaterThan(0n);
        expect(allowed(refund)).toBeGreaterThan(0n);
        if (capture.kind === 'allowed') {
          expect(BigInt(captured) + allowed(capture)).toBeLessThanOrEqual(BigInt(authorised));
        }
        if (refund.kind === 'allowed') {
          expect(BigInt(refunded) + allowed(refund)).toBeLessThanOrEqual(BigInt(captured));
        }
      },
    ),
  );
});
