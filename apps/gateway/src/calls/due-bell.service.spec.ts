import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { CallSettings } from '../gateway.config.ts';
import { DueBell } from './due-bell.service.ts';

const POLL_MS = 1_000;

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

/** A bell whose rounds end when they are told to. */
function makeBell() {
  const bell = new DueBell({ duePollMs: POLL_MS } as CallSettings);
  const rounds: Array<{ end: () => void; stopping: AbortSignal }> = [];
  bell.answerWith((stopping) => new Promise((end) => rounds.push({ end, stopping })));
  return { bell, rounds };
}

const pass = (lengthMs: number) => jest.advanceTimersByTimeAsync(lengthMs);

describe('the bell', () => {
  it('is answered at once, and then after each poll interval', async () => {
    const { rounds } = makeBell();
    await pass(0);
    expect(rounds).toHaveLength(1);
    rounds[0]!.end();
    await pass(POLL_MS - 1);
    expect(rounds).toHaveLength(1);
    await pass(1);
    expect(rounds).toHaveLength(2);
  });

  it('is answered by one round at a time, and what rings meanwhile right after it', async () => {
    const { bell, rounds } = makeBell();
    await pass(0);
    bell.ringIn(0);
    await pass(0);
    expect(rounds).toHaveLength(1);
    rounds[0]!.end();
    await pass(0);
    expect(rounds).toHaveLength(2);
  });

  it('rings when the earliest of what was asked for is due', async () => {
    const { bell, rounds } = makeBell();
    await pass(0);
    rounds[0]!.end();
    await pass(0);
    bell.ringIn(500);
    bell.ringIn(700);
    await pass(499);
    expect(rounds).toHaveLength(1);
    await pass(1);
    expect(rounds).toHaveLength(2);
  });

  it('begins no round once it stops, and waits for the one that runs', async () => {
    const { bell, rounds } = makeBell();
    await pass(0);
    let stopped = false;
    const stop = bell.onModuleDestroy().then(() => (stopped = true));
    await pass(POLL_MS);
    expect([stopped, rounds[0]!.stopping.aborted]).toEqual([false, true]);
    rounds[0]!.end();
    await stop;
    bell.ringIn(0);
    await pass(POLL_MS);
    expect(rounds).toHaveLength(1);
  });
});
