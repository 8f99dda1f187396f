import { describe, expect, it } from '@jest/globals';

import { eventually } from './eventually.ts';

describe('eventually', () => {
  it('returns what the assertion returned as soon as it passes', async () => {
    let tries = 0;
    const value = await eventually(
      () => {
        tries += 1;
        if (tries < 3) throw new Error('not yet');
        return 'there';
      },
      { intervalMs: 1 },
    );
    expect([value, tries]).toEqual(['there', 3]);
  });

  it('tells the last failure when the time is over', async () => {
    const never = eventually(() => Promise.reject(new Error('2 rows, not 3')), { timeoutMs: 20, intervalMs: 5 });
    await expect(never).rejects.toThrow(/still failing after 20 ms and \d+ tries: 2 rows, not 3/);
  });

  it('gives up on a try that hangs', async () => {
    const never = eventually(() => new Promise<never>(() => {}), { timeoutMs: 20, intervalMs: 5 });
    await expect(never).rejects.toThrow(/the first try has not ended/);
  });
});
