import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Log } from '../logs/log.ts';
import { DueLoop, repeatWhileMore } from './due-loop.ts';
import { RegularLoop } from './regular-loop.ts';

const lines: string[] = [];
const log = Log.create({ service: 'test', level: 'warn', destination: { write: (line) => void lines.push(line) } });

/** A promise and what settles it: work that is under way. */
const { promise: underWay, resolve: finishWork } = Promise.withResolvers<void>();

beforeEach(() => {
  lines.length = 0;
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

describe('DueLoop', () => {
  it.each([
    ['in 200 ms', 200, 200],
    ['later than anybody may wait to notice news', 60_000, 500],
    ['at a time that nobody knows', undefined, 500],
    ['already, while somebody else holds it', -3, 10],
  ])('sleeps, when the next thing is due %s, as long as it may', async (_when, nextMs, sleptMs) => {
    const round = jest.fn(() => Promise.resolve(nextMs));
    const loop = new DueLoop({ round, log, failure: 'failed' });
    loop.start();
    await jest.advanceTimersByTimeAsync(0);
    expect(round).toHaveBeenCalledTimes(1);
    await jest.advanceTimersByTimeAsync(sleptMs - 1);
    expect(round).toHaveBeenCalledTimes(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(round).toHaveBeenCalledTimes(2);
    await loop.stop();
  });

  it('goes on after a round that failed, and says so', async () => {
    const round = jest.fn(() => Promise.reject(new Error('database away')));
    const loop = new DueLoop({ round, log, failure: 'could not be ended' });
    loop.start();
    await jest.advanceTimersByTimeAsync(500);
    expect(round).toHaveBeenCalledTimes(2);
    await loop.stop();
    expect(lines.join()).toContain('could not be ended');
  });

  it('stops between two batches, begins no further round, and waits for the one under way', async () => {
    const batch = jest.fn(() => Promise.resolve(true));
    const round = jest.fn(async (stopping: AbortSignal) => {
      await underWay;
      await repeatWhileMore(stopping, batch);
      return 0;
    });
    const loop = new DueLoop({ round, log, failure: 'failed' });
    loop.start();
    await jest.advanceTimersByTimeAsync(0);
    let hasStopped = false;
    const stopped = loop.stop().then(() => (hasStopped = true));
    await jest.advanceTimersByTimeAsync(5_000);
    expect(hasStopped).toBe(false);
    finishWork();
    await stopped;
    await jest.advanceTimersByTimeAsync(5_000);
    expect([round.mock.calls.length, batch.mock.calls.length]).toEqual([1, 0]);
  });
});

it('repeats a batch until it says that nothing is left', async () => {
  const answers = [true, true, false, true];
  await repeatWhileMore(new AbortController().signal, () => Promise.resolve(answers.shift()!));
  expect(answers).toEqual([true]);
});

describe('RegularLoop', () => {
  it('does its work at each interval, one round at a time, also after one that failed', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const round = jest
      .fn<() => Promise<void>>()
      .mockRejectedValueOnce(new Error('database away'))
      .mockImplementationOnce(() => promise)
      .mockResolvedValue();
    const loop = new RegularLoop({ everyMs: 1_000, round, log, failure: 'was not deleted' });
    loop.start();
    await jest.advanceTimersByTimeAsync(999);
    expect(round).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(3_001);
    expect(round).toHaveBeenCalledTimes(2);
    resolve();
    await jest.advanceTimersByTimeAsync(1_000);
    expect(round).toHaveBeenCalledTimes(3);
    expect(lines.join()).toContain('was not deleted');
    await loop.stop();
    await jest.advanceTimersByTimeAsync(5_000);
    expect([round.mock.calls.length, loop.stopping.aborted]).toEqual([3, true]);
  });
});
