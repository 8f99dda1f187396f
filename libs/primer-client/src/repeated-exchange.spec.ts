import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Exchange } from './exchange.ts';
import { exchangeRepeatedly, type RepetitionPlan } from './repeated-exchange.ts';

const answered = (status: number, retryAfter?: string): Exchange => ({
  kind: 'answered',
  status,
  body: Buffer.of(),
  ...(retryAfter === undefined ? {} : { retryAfter }),
});
const unsent: Exchange = { kind: 'notSent', reason: 'connect-failed' };
const lost: Exchange = { kind: 'lost', reason: 'connection-lost' };

const PLAN: RepetitionPlan = {
  repetition: 'keyed',
  isKeyed: true,
  retriesMax: 3,
  timeoutMs: 60_000,
  signal: undefined,
};

/** Sends what is in the list, one try after the other. */
function sending(...results: readonly Exchange[]) {
  const rest = [...results];
  let tries = 0;
  return {
    tries: () => tries,
    send: () => {
      tries += 1;
      return Promise.resolve(rest.shift() ?? results.at(-1) ?? unsent);
    },
  };
}

describe('a call that is repeated', () => {
  it('ends with the first answer', async () => {
    const { send, tries } = sending(unsent, answered(200));
    expect(await exchangeRepeatedly(send, PLAN)).toEqual(answered(200));
    expect(tries()).toBe(2);
  });

  it('says of an answer how many tries before it may have arrived', async () => {
    const { send } = sending(lost, answered(503), answered(409));
    expect(await exchangeRepeatedly(send, PLAN)).toEqual({ ...answered(409), triesUnanswered: 2 });
  });

  it('does not let a try that never left hide one that may have arrived', async () => {
    const { send } = sending(lost, { kind: 'notSent', reason: 'circuit-open' });
    expect(await exchangeRepeatedly(send, PLAN)).toEqual(lost);
  });

  it('makes so many tries and no more', async () => {
    const { send, tries } = sending(unsent);
    expect(await exchangeRepeatedly(send, { ...PLAN, retriesMax: 2 })).toEqual(unsent);
    expect(tries()).toBe(3);
  });

  it('does not begin a pause that would outlast its time', async () => {
    const { send, tries } = sending(answered(429, '61'), answered(200));
    expect(await exchangeRepeatedly(send, PLAN)).toEqual(answered(429, '61'));
    expect(tries()).toBe(1);
  });

  it('gives each try only the time that is left', async () => {
    const given: number[] = [];
    const send = (timeoutMs: number) => {
      given.push(timeoutMs);
      return Promise.resolve(given.length < 3 ? unsent : answered(200));
    };
    await exchangeRepeatedly(send, PLAN);
    expect(given).toEqual(given.toSorted((one, other) => other - one));
    expect(new Set(given).size).toBe(3);
  });

  it('is answered at once when it is cancelled in a pause, and sends nothing after that', async () => {
    const controller = new AbortController();
    const { send, tries } = sending(answered(429, '50'), answered(200));
    const call = exchangeRepeatedly(send, { ...PLAN, signal: controller.signal });
    setImmediate(() => controller.abort());
    expect(await call).toEqual(answered(429, '50'));
    expect(tries()).toBe(1);
  });

  it('sends what may have two effects a second time only if the first never left', async () => {
    const result = fc.constantFrom(unsent, lost, answered(429), answered(500), answered(504), answered(400));
    await fc.assert(
      fc.asyncProperty(fc.array(result, { minLength: 1, maxLength: 3 }), async (results) => {
        const { send, tries } = sending(...results);
        await exchangeRepeatedly(send, { ...PLAN, isKeyed: false, retriesMax: 1 });
        expect(tries()).toBe(results[0] === unsent ? 2 : 1);
      }),
      { numRuns: 20 },
    );
  });
});
