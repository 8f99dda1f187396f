import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { SystemClock } from './system-clock.service.ts';

const DAY_MS = 24 * 3_600_000;

beforeEach(() => {
  jest.useFakeTimers({ now: 1_795_200_000_000 });
});

afterEach(() => {
  jest.useRealTimers();
});

it('gives no two moments the same date, however fast they follow each other', () => {
  const clock = new SystemClock();
  const moments = Array.from({ length: 1_000 }, () => clock.nowMicros());
  expect(moments).toEqual([...new Set(moments)].toSorted((one, other) => one - other));
});

it('never goes back when the wall clock does', () => {
  const clock = new SystemClock();
  const before = clock.nowMicros();
  jest.setSystemTime(1_795_100_000_000);
  expect(clock.nowMicros()).toBeGreaterThan(before);
});

it('wakes at the moment and not before, also in months', () => {
  const clock = new SystemClock();
  const wake = jest.fn();
  clock.wakeAt(clock.nowMicros() + 60 * DAY_MS * 1_000, wake);
  jest.advanceTimersByTime(59 * DAY_MS);
  expect(wake).not.toHaveBeenCalled();
  jest.advanceTimersByTime(DAY_MS + 1_000);
  expect(wake).toHaveBeenCalledTimes(1);
});

it('wakes nobody who has cancelled', () => {
  const clock = new SystemClock();
  const wake = jest.fn();
  clock.wakeAt(clock.nowMicros() + 60 * DAY_MS * 1_000, wake)();
  jest.advanceTimersByTime(61 * DAY_MS);
  expect(wake).not.toHaveBeenCalled();
});
