import { expect, it } from '@jest/globals';
import { DeadLetterBreaker } from './dead-letter-breaker.ts';

function startBreaker() {
  const time = { nowMs: 1_000_000 };
  return { time, breaker: new DeadLetterBreaker(() => time.nowMs) };
}

it('stays closed for a few bad records, and for many among more good ones', () => {
  const { breaker } = startBreaker();
  breaker.record(0, 99);
  expect(breaker.isOpen).toBe(false);
  breaker.record(200, 60);
  expect(breaker.isOpen).toBe(false);
});

it('opens when most of what comes is dead, and tries again after a pause', () => {
  const { breaker, time } = startBreaker();
  breaker.record(10, 100);
  expect(breaker.isOpen).toBe(true);
  time.nowMs += 60_000;
  expect(breaker.isOpen).toBe(false);
  breaker.record(0, 10);
  expect(breaker.isOpen).toBe(true);
});

it('forgets what was dead longer than a minute ago', () => {
  const { breaker, time } = startBreaker();
  breaker.record(0, 99);
  time.nowMs += 61_000;
  breaker.record(0, 99);
  expect(breaker.isOpen).toBe(false);
});
