import { describe, expect, it } from '@jest/globals';
import { Metrics, type Readiness, type ServiceLifetime } from '@tollgate/platform';
import type { DatabaseClock } from '../clock/database-clock.service.ts';
import { type Reading, toElapsedMs } from '../clock/stopwatch.policy.ts';
import type { CallSettings } from '../gateway.config.ts';
import { MerchantLanes } from './merchant-lanes.service.ts';

const KEY_PAUSE_MS = 10_000;
const CIRCUIT_PAUSE_MS = 500;
const SLOTS = 2;

/** Lanes on a clock that is moved by hand. */
function makeLanes() {
  const now: Reading & { monotonicMs: number } = { monotonicMs: 0, wallMs: 0 };
  const stop = new AbortController();
  const checks: Array<() => readonly string[]> = [];
  const lanes = new MerchantLanes(
    {
      merchantCallsMax: SLOTS,
      circuitPauseMs: CIRCUIT_PAUSE_MS,
      actions: { keyPauseMs: KEY_PAUSE_MS },
    } as CallSettings,
    {
      read: () => ({ ...now }),
      elapsedMs: (since: Reading) => toElapsedMs(since, now),
    } as DatabaseClock,
    { stopping: stop.signal } as ServiceLifetime,
    { register: (_name: string, check: () => readonly string[]) => checks.push(check) } as unknown as Readiness,
    new Metrics('gateway'),
  );
  return { lanes, now, stop, failed: () => checks.flatMap((check) => check()) };
}

/** Work that ends when it is told to. */
function openWork() {
  let end = () => {};
  let running = 0;
  const ended = new Promise<void>((resolve) => (end = resolve));
  return {
    work: async () => {
      running += 1;
      await ended;
    },
    end: () => end(),
    running: () => running,
  };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('lanes', () => {
  it('run no more calls of one merchant at a time than it has slots, and another merchant’s all the same', async () => {
    const { lanes } = makeLanes();
    const slow = openWork();
    const other = openWork();
    const runs = [1, 2, 3].map(() => lanes.run('slow', 'call', slow.work));
    runs.push(lanes.run('other', 'call', other.work));
    await turn();
    expect([slow.running(), other.running()]).toEqual([SLOTS, 1]);
    slow.end();
    other.end();
    await Promise.all(runs);
    expect(slow.running()).toBe(3);
  });

  it('have room for what fits the slots and a waiting line, and say who is held back', async () => {
    const { lanes } = makeLanes();
    const slow = openWork();
    const whole = lanes.room('slow', 'call');
    const runs = Array.from({ length: whole }, () => lanes.run('slow', 'call', slow.work));
    expect(whole).toBeGreaterThan(SLOTS);
    expect(lanes.room('slow', 'call')).toBe(0);
    expect(lanes.heldBack('call')).toEqual(['slow']);
    slow.end();
    await Promise.all(runs);
    await turn();
    expect(lanes.room('slow', 'call')).toBe(whole);
  });

  it('let one call at a time try whether a refused key works again', async () => {
    const { lanes, now, failed } = makeLanes();
    lanes.pause('m', 'key-refused');
    expect(lanes.room('m', 'call')).toBe(0);
    expect(failed()).toEqual(['m']);
    now.monotonicMs = KEY_PAUSE_MS;
    expect(lanes.room('m', 'call')).toBe(1);
    expect(failed()).toEqual(['m']);
    const probe = openWork();
    const run = lanes.run('m', 'call', probe.work);
    expect(lanes.room('m', 'call')).toBe(0);
    lanes.resume('m');
    expect(lanes.room('m', 'call')).toBeGreaterThan(1);
    expect(failed()).toEqual([]);
    probe.end();
    await run;
  });

  it('name the merchants whose key is refused, all of them if need be, and never fail for everybody else', async () => {
    const { lanes, failed } = makeLanes();
    await lanes.run('works', 'call', async () => undefined);
    lanes.pause('refused', 'key-refused');
    expect(failed()).toEqual(['refused']);
    lanes.pause('another', 'key-refused');
    expect(failed()).toEqual(['another', 'refused']);
  });

  it('let one call at a time try whether an open circuit closes, which is no matter of readiness', () => {
    const { lanes, now, failed } = makeLanes();
    lanes.pause('m', 'circuit-open');
    expect(lanes.reasonOf('m')).toBe('circuit-open');
    expect(lanes.room('m', 'call')).toBe(0);
    expect(failed()).toEqual([]);
    now.monotonicMs = CIRCUIT_PAUSE_MS;
    expect(lanes.room('m', 'call')).toBe(1);
    lanes.resume('m');
    expect(lanes.reasonOf('m')).toBeUndefined();
  });

  it('go on searching while a circuit is open, which neither keeps the call that tries waiting nor closes it', async () => {
    const { lanes, now } = makeLanes();
    lanes.pause('m', 'circuit-open');
    expect([lanes.room('m', 'search') > 1, lanes.letsThrough('m'), lanes.heldBack('search')]).toEqual([true, true, []]);
    const search = openWork();
    const searched = lanes.run('m', 'search', search.work);
    now.monotonicMs = CIRCUIT_PAUSE_MS;
    lanes.noteKeyWorks('m');
    expect([lanes.room('m', 'call'), lanes.reasonOf('m')]).toEqual([1, 'circuit-open']);
    const probe = openWork();
    const probed = lanes.run('m', 'call', probe.work);
    expect([lanes.room('m', 'call'), lanes.room('m', 'search') > 1]).toEqual([0, true]);
    search.end();
    probe.end();
    await Promise.all([searched, probed]);
    expect(lanes.room('m', 'call')).toBe(1);
  });

  it('let nothing through while a key is refused, until a read or a command shows that it works', () => {
    const { lanes } = makeLanes();
    lanes.pause('m', 'key-refused');
    expect([lanes.room('m', 'search'), lanes.letsThrough('m'), lanes.heldBack('search')]).toEqual([0, false, ['m']]);
    lanes.noteKeyWorks('m');
    expect([lanes.room('m', 'call') > 1, lanes.letsThrough('m')]).toEqual([true, true]);
  });

  it('have no room once the service stops', () => {
    const { lanes, stop } = makeLanes();
    stop.abort();
    expect([lanes.room('m', 'call'), lanes.room('m', 'search'), lanes.letsThrough('m')]).toEqual([0, 0, false]);
  });
});
