import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Exchange } from './exchange.ts';
import type { Repetition } from './primer-call.types.ts';
import { mayHaveArrived, mayRepeat, toPauseMs } from './repetition.policy.ts';

const answered = (status: number): Exchange => ({ kind: 'answered', status, body: Buffer.of() });
const unsent: Exchange = { kind: 'notSent', reason: 'connect-failed' };
const lost: Exchange = { kind: 'lost', reason: 'connection-lost' };

const everywhere = ['read', 'converging', 'keyed', 'keyed without a key', 'bare'] as const;
const safe = ['read', 'converging', 'keyed'] as const;

const ROWS: ReadonlyArray<readonly [string, Exchange, ReadonlyArray<(typeof everywhere)[number]>]> = [
  ['nothing left', unsent, everywhere],
  ['a lost connection', lost, safe],
  ['an answer that is no HTTP', { kind: 'lost', reason: 'answer-not-http' }, safe],
  ['408', answered(408), safe],
  ['429', answered(429), safe],
  ['500', answered(500), safe],
  ['504', answered(504), safe],
  ['200', answered(200), []],
  ['400', answered(400), []],
  ['409', answered(409), []],
  ['the whole time spent', { kind: 'lost', reason: 'call-timeout' }, []],
  ['an answer beyond the limit', { kind: 'lost', reason: 'answer-too-large' }, []],
  ['a cancelled call', { kind: 'lost', reason: 'cancelled' }, []],
  ['a call that was cancelled before it left', { kind: 'notSent', reason: 'cancelled' }, []],
  ['a call that may not be sent any more', { kind: 'notSent', reason: 'send-refused' }, []],
  ['an open circuit', { kind: 'notSent', reason: 'circuit-open' }, []],
  ['too many calls', { kind: 'notSent', reason: 'too-many-calls' }, []],
];

describe('what may be sent again', () => {
  it.each(ROWS)('after %s: only what cannot have a second effect', (_name, result, expected) => {
    const repeated = everywhere.filter((one) => {
      const repetition = (one === 'keyed without a key' ? 'keyed' : one) satisfies Repetition;
      return mayRepeat(repetition, one === 'keyed', result);
    });
    expect(repeated).toEqual(expected);
  });

  it('takes a lost answer and a 5xx for one that may have arrived, a refusal and silence before sending not', () => {
    expect([lost, answered(504), answered(408)].map(mayHaveArrived)).toEqual([true, true, true]);
    expect([unsent, answered(200), answered(429), answered(409)].map(mayHaveArrived)).toEqual([
      ...[false, false, false, false],
    ]);
  });

  it('never pauses for less than Primer asks, nor by itself longer than five seconds', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.nat(900_000),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (...p) => {
          const [tries, retryAfterMs, random] = p;
          expect(toPauseMs(tries, retryAfterMs, random)).toBeGreaterThanOrEqual(retryAfterMs);
          expect(toPauseMs(tries, undefined, random)).toBeLessThanOrEqual(5_000);
          expect(toPauseMs(tries, undefined, random)).toBeGreaterThanOrEqual(100);
        },
      ),
    );
  });
});
