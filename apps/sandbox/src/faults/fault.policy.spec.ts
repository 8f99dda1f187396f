import { describe, expect, it } from '@jest/globals';
import { drawFraction, drawStrike, isLive, matchesCall, strikesMax } from './fault.policy.ts';
import type { CallFault } from './fault.schema.ts';
import type { CallSubject, Fault } from './fault.types.ts';

const SUBJECT: CallSubject = {
  tenantId: 'default',
  operation: 'approve_payment_attempt',
  attemptId: 'attempt-1',
  paymentId: undefined,
  orderId: 'order-1',
};

function reset(fields: Partial<CallFault> = {}): CallFault {
  return { kind: 'RESET', ...fields } as CallFault;
}

function faultOf(definition: CallFault, salt = 0): Fault<CallFault> {
  return { id: 1, definition, salt, draws: 0, strikes: 0 };
}

describe('a fault may strike a call', () => {
  it.each<[string, CallFault, boolean]>([
    ['when it names nothing', reset(), true],
    ['of the attempt that it names', reset({ attemptId: 'attempt-1' }), true],
    ['not of another attempt', reset({ attemptId: 'attempt-2' }), false],
    ['of the order that it names', reset({ orderId: 'order-1' }), true],
    ['not about another payment', reset({ paymentId: 'payment-1' }), false],
    ['of an operation that it names', reset({ operations: ['approve_payment_attempt'] }), true],
    ['not of another operation', reset({ operations: ['list_payments'] }), false],
  ])('%s', (_name, definition, matches) => {
    expect(matchesCall(definition, SUBJECT)).toBe(matches);
  });

  it('not of the same order of another tenant', () => {
    expect(matchesCall(reset({ orderId: 'order-1' }), { ...SUBJECT, tenantId: 'second' })).toBe(false);
  });

  it('not to expire an attempt when the call is about none', () => {
    expect(matchesCall({ kind: 'EXPIRE' }, { ...SUBJECT, attemptId: undefined })).toBe(false);
  });
});

it.each<[CallFault, number]>([
  [reset({ attemptId: 'attempt-1' }), 1],
  [reset({ attemptId: 'attempt-1', times: 3 }), 3],
  [reset({ attemptId: 'attempt-1', rate: 0.5 }), Infinity],
  [reset({ rate: 0.2 }), Infinity],
  [reset({ times: 2 }), 2],
])('%j strikes at most %d times', (definition, times) => {
  expect(strikesMax(definition)).toBe(times);
});

describe('a rate', () => {
  function strikesOf(definition: CallFault, { calls, salt = 0 }: { calls: number; salt?: number }): boolean[] {
    let fault = faultOf(definition, salt);
    return Array.from({ length: calls }, () => {
      const draw = drawStrike(fault, 1);
      ({ fault } = draw);
      return draw.strikes;
    });
  }

  it('strikes its share of the calls', () => {
    const strikes = strikesOf(reset({ rate: 0.2, seed: 7 }), { calls: 10_000 }).filter(Boolean).length;
    expect(strikes).toBeGreaterThan(1_800);
    expect(strikes).toBeLessThan(2_200);
  });

  it('strikes the same calls for the same seed, and others for another seed or another fault', () => {
    const definition = reset({ rate: 0.5, seed: 7 });
    const strikes = strikesOf(definition, { calls: 100 });
    expect(strikesOf(definition, { calls: 100 })).toEqual(strikes);
    expect(strikesOf(reset({ rate: 0.5, seed: 8 }), { calls: 100 })).not.toEqual(strikes);
    expect(strikesOf(definition, { calls: 100, salt: 1 })).not.toEqual(strikes);
  });

  it('draws numbers from 0 to 1 evenly', () => {
    const draws = Array.from({ length: 1_000 }, (_, draw) => drawFraction(1, 0, draw));
    expect(Math.min(...draws)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...draws)).toBeLessThan(1);
    const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
    expect(mean).toBeGreaterThan(0.45);
    expect(mean).toBeLessThan(0.55);
  });
});

it('is over after its last strike', () => {
  const { fault } = drawStrike(faultOf(reset({ attemptId: 'attempt-1' })), 1);
  expect(isLive(fault)).toBe(false);
});
