import { expect, it } from '@jest/globals';
import { DeadLetterBreaker, DeadLetterBreakers } from './dead-letter-breaker.ts';

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

it('pauses the topic that the dead letters are of, and no other: junk about payments must not stop decisions', () => {
  const breakers = new DeadLetterBreakers();
  breakers.of('payment-statuses').record(0, 100);
  expect(breakers.of('payment-statuses').isOpen).toBe(true);
  expect(breakers.of('decisions').isOpen).toBe(false);
  expect(breakers.isAnyOpen).toBe(true);
});
