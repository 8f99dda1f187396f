import { describe, expect, it } from '@jest/globals';

import { integrityRun } from './integrity-run.ts';

describe('integrityRun', () => {
  it('takes seed and scale from the environment, and is short when nobody says otherwise', () => {
    expect(integrityRun({ PROVE_SEED: '42' })).toMatchObject({ seed: 42, scale: 'short' });
    expect(integrityRun({ PROVE_SEED: '42', PROVE_SCALE: 'full' }).scale).toBe('full');
  });

  it('chooses by scale', () => {
    const run = integrityRun({ PROVE_SEED: '1', PROVE_SCALE: 'quick' });
    expect(run.choose({ short: 1, quick: 5, full: 20 })).toBe(5);
  });

  it('repeats the choices of a name', () => {
    const draw = (): number => integrityRun({ PROVE_SEED: '9' }).random('a').integer(0, 1e9);
    expect(draw()).toBe(draw());
  });

  it.each([{}, { PROVE_SEED: 'x' }, { PROVE_SEED: '1', PROVE_SCALE: 'long' }])('refuses %j', (environment) => {
    expect(() => integrityRun(environment)).toThrow(/PROVE_/);
  });
});
