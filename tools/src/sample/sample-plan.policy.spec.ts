import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { CHECKOUT_KINDS } from './checkout-kind.types.ts';
import { planSample } from './sample-plan.policy.ts';

const sizes = fc.integer({ min: 0, max: 300 });

describe('the plan of a sample', () => {
  it('holds exactly as many checkouts as were asked for', () => {
    fc.assert(fc.property(sizes, (size) => expect(planSample(size, 'run')).toHaveLength(size)));
  });

  it('holds every kind as soon as there is room for it', () => {
    fc.assert(
      fc.property(sizes, (size) => {
        const kinds = new Set(planSample(size, 'run').map(({ kind }) => kind));
        expect(kinds.size).toBe(Math.min(size, CHECKOUT_KINDS.length));
      }),
    );
  });

  it('gives every checkout an order and a customer of its own, other ones in another run', () => {
    const names = [...planSample(60, 'one'), ...planSample(60, 'two')].flatMap(({ orderId, customerId }) => [
      orderId,
      customerId,
    ]);
    expect(new Set(names).size).toBe(names.length);
  });

  it('shares a hundred checkouts out as the kinds say', () => {
    const plan = planSample(100, 'run');
    const counts = CHECKOUT_KINDS.map((kind) => plan.filter((planned) => planned.kind === kind).length);
    expect(counts).toEqual(CHECKOUT_KINDS.map(({ share }) => share));
  });
});
