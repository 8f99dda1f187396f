import { describe, expect, it } from '@jest/globals';

import { FAULT_CLASSES } from './proof.types.ts';
import type { FaultReport, TestOutcome } from './proof.types.ts';
import { findFailures } from './verdict.policy.ts';

const passed: TestOutcome = { file: 'a.spec.ts', title: 'holds', passed: true, message: '' };
const sound: FaultReport[] = FAULT_CLASSES.map((faultClass) => ({
  faultClass,
  scenario: 'a scenario',
  injected: 3,
  found: 3,
  violations: [],
  seconds: 1,
}));
const violation = { invariant: 'I4', subject: 'payment-1', problem: 'was made twice' } as const;

/** All sound but the first class, of crash points. */
const withFirst = (parts: Partial<FaultReport>): FaultReport[] => [{ ...sound[0]!, ...parts }, ...sound.slice(1)];
const withChecker = (parts: Partial<FaultReport>): FaultReport[] => [
  ...sound.slice(0, -1),
  { ...sound.at(-1)!, ...parts },
];

describe('the verdict of a proof', () => {
  it('finds nothing when every class was tried and every promise held', () => {
    expect(findFailures(sound, [passed])).toEqual([]);
  });

  it.each<[string, FaultReport[], TestOutcome[], RegExp]>([
    ['a test that failed', sound, [{ ...passed, passed: false }], /failed: holds \(a\.spec\.ts\)/],
    ['that no test ran', sound, [], /no test ran/],
    ['a class of faults that reported nothing', sound.slice(1), [passed], /"crash points" reported nothing/],
    ['a scenario in which nothing happened', withFirst({ injected: 0 }), [passed], /no fault was injected/],
    ['a broken promise', withFirst({ violations: [violation] }), [passed], /1 violations of I4/],
    ['an effect that happened twice', withFirst({ duplicateEffects: 2 }), [passed], /2 duplicate effects/],
    ['a planted violation that was not found', withChecker({ found: 2 }), [passed], /1 of 3 planted/],
  ])('finds %s', (_what, reports, tests, failure) => {
    expect(findFailures(reports, tests).join('\n')).toMatch(failure);
  });

  it('does not hold violations against the checker that were planted to be found', () => {
    expect(findFailures(withChecker({ violations: [violation] }), [passed])).toEqual([]);
  });
});
