import { describe, expect, it } from '@jest/globals';
import type { PaymentSnapshot } from '@tollgate/contracts';
import { mergeFacts, NO_FACTS, toFacts, toLinkFacts, toSaleAmounts, type AttemptLink } from './facts.policy.ts';

const attempt: AttemptLink = {
  paymentAttemptId: '6c5d3a30-3c2e-4f55-9d8e-5b3d5e3a5c7f',
  orderId: 'order-1',
  amountMinor: 1000n,
  currency: 'EUR',
};

/** Snapshots a second apart, in the order given. */
function amountsOf(...snapshots: Partial<PaymentSnapshot>[]) {
  const facts = snapshots.map((parts, second) =>
    toFacts({
      paymentId: 'p1',
      status: 'AUTHORIZED',
      dateUpdated: `2026-01-01T00:00:0${second}`,
      transactions: [],
      ...parts,
    }),
  );
  return toSaleAmounts(facts.reduce(mergeFacts, NO_FACTS));
}

describe('what was authorised', () => {
  it('is the newest authorisation or adjustment event where events are known', () => {
    const amounts = amountsOf({
      amountMinor: '700',
      amountAuthorizedMinor: '800',
      events: [
        { type: 'AUTHORIZATION_ADJUSTMENT_SUCCEEDED', at: '2026-01-01T00:00:02', amountMinor: '900' },
        { type: 'AUTHORIZATION_SUCCEEDED', at: '2026-01-01T00:00:01', amountMinor: '1000' },
      ],
    });
    expect(amounts).toMatchObject({ authorizedMinor: 900n, authorizedFrom: 'event' });
  });

  it('is the stated amount of the older API shape where there are no events', () => {
    const amounts = amountsOf({ amountMinor: '700', amountAuthorizedMinor: '800' });
    expect(amounts).toMatchObject({ authorizedMinor: 800n, authorizedFrom: 'stated' });
  });

  it('is the amount while AUTHORIZED, not the amount of a later status, which means captured', () => {
    const amounts = amountsOf({ amountMinor: '1000' }, { status: 'SETTLING', amountMinor: '400' });
    expect(amounts).toMatchObject({ authorizedMinor: 1000n, authorizedFrom: 'status', capturedMinor: 400n });
  });

  it('is known from an older snapshot that arrives after a partial capture', () => {
    const late = amountsOf(
      { status: 'PARTIALLY_SETTLED', amountCapturedMinor: '400', dateUpdated: '2026-01-02T00:00:00' },
      { amountMinor: '1000' },
    );
    expect(late).toMatchObject({ authorizedMinor: 1000n, capturedMinor: 400n });
  });

  it('is assumed from the decision where the provider has said nothing', () => {
    const facts = mergeFacts(
      toFacts({ paymentId: 'p1', status: 'PARTIALLY_SETTLED', amountCapturedMinor: '400', transactions: [] }),
      toLinkFacts(attempt),
    );
    expect(toSaleAmounts(facts)).toMatchObject({ authorizedMinor: 1000n, authorizedFrom: 'decision' });
  });
});

describe('what was captured', () => {
  it("is the processor's sum before anything else", () => {
    const amounts = amountsOf({
      status: 'SETTLING',
      amountMinor: '900',
      amountCapturedMinor: '400',
      events: [{ type: 'CAPTURE_SUCCEEDED', amountMinor: '300' }],
    });
    expect(amounts.capturedMinor).toBe(400n);
  });

  it('is the sum of the capture events where the processor states none', () => {
    const captures = [
      { type: 'CAPTURE_SUCCEEDED', amountMinor: '300' },
      { type: 'CAPTURE_SUCCEEDED', amountMinor: '200' },
    ];
    expect(amountsOf({ status: 'PARTIALLY_SETTLED', amountMinor: '900', events: captures }).capturedMinor).toBe(500n);
  });

  it('is nothing while AUTHORIZED, whatever the amount is', () => {
    expect(amountsOf({ amountMinor: '900' }).capturedMinor).toBe(0n);
  });

  it('comes from the newest snapshot that says something about it', () => {
    const amounts = amountsOf(
      { amountMinor: '900', amountCapturedMinor: '0' },
      { status: 'SETTLED', amountMinor: '900' },
    );
    expect(amounts.capturedMinor).toBe(900n);
  });

  it('is final once an event says so, or once all of the authorised amount is captured', () => {
    const partial = { status: 'SETTLING', amountCapturedMinor: '400' };
    const final = [{ type: 'CAPTURE_SUCCEEDED', amountMinor: '400', final: true }];
    expect(amountsOf({ amountMinor: '1000' }, partial).isFinal).toBe(false);
    expect(amountsOf({ amountMinor: '1000' }, { ...partial, events: final }).isFinal).toBe(true);
    expect(amountsOf({ amountMinor: '400' }, partial).isFinal).toBe(true);
  });
});

describe('which snapshot is newest', () => {
  const statusAfter = (...snapshots: Partial<PaymentSnapshot>[]) =>
    snapshots
      .map((parts) => toFacts({ paymentId: 'p1', status: 'PENDING', transactions: [], ...parts }))
      .reduce(mergeFacts, NO_FACTS).status?.value;

  it('is told by the microsecond', () => {
    const newer = { status: 'AUTHORIZED', dateUpdated: '2026-01-01T00:00:00.000002' };
    const older = { status: 'SETTLED', dateUpdated: '2026-01-01T00:00:00.000001' };
    expect(statusAfter(newer, older)).toBe('AUTHORIZED');
    expect(statusAfter(older, newer)).toBe('AUTHORIZED');
  });

  it('is told by the status when the microsecond is the same', () => {
    const dateUpdated = '2026-01-01T00:00:00.000001';
    expect(statusAfter({ status: 'CANCELLED', dateUpdated }, { status: 'AUTHORIZED', dateUpdated })).toBe('CANCELLED');
    expect(statusAfter({ status: 'AUTHORIZED', dateUpdated }, { status: 'CANCELLED', dateUpdated })).toBe('CANCELLED');
  });

  it('is never one without a date while another has one', () => {
    expect(statusAfter({ status: 'SETTLED' }, { status: 'PENDING', dateUpdated: '2026-01-01T00:00:00' })).toBe(
      'PENDING',
    );
  });

  it('leaves the books where they were when its status is unknown', () => {
    const known = { status: 'AUTHORIZED', dateUpdated: '2026-01-01T00:00:00' };
    expect(statusAfter(known, { status: 'TELEPORTED', dateUpdated: '2026-01-02T00:00:00' })).toBe('AUTHORIZED');
  });
});
