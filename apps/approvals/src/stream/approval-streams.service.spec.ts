import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ServiceLifetime } from '@tollgate/platform';
import type { ApprovalRepository } from '../approvals/approval.repository.ts';
import { ApprovalStreams } from './approval-streams.service.ts';

/** More than the time between two signs of life. */
const A_WHILE_MS = 20_000;

let lifetime: ServiceLifetime;
let streams: ApprovalStreams;
let mayRead: boolean;

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
  lifetime = new ServiceLifetime();
  streams = new ApprovalStreams({} as ApprovalRepository, lifetime);
  mayRead = true;
});
afterEach(() => {
  lifetime.stop();
  jest.useRealTimers();
});

const open = (name: string): Readable =>
  streams.open({ name, merchantId: undefined, seesRules: true }, async () => mayRead);
const openAll = (names: readonly string[]): Readable[] => names.map(open);
const refusal = expect.objectContaining({ code: 'OVERLOADED', retriable: true }) as unknown as Error;

async function leave(stream: Readable): Promise<void> {
  const closed = once(stream, 'close');
  stream.destroy();
  await closed;
}

describe('streams of the queue', () => {
  it('are 50 of one reader at most, who keeps nobody else out by them', async () => {
    const [first] = openAll(Array.from({ length: 50 }, () => 'person:ada'));
    expect(() => open('person:ada')).toThrow(refusal);
    open('person:ben');
    await leave(first!);
    open('person:ada');
    expect(() => open('person:ada')).toThrow(refusal);
  });

  it('are 500 of all readers at most, and whoever leaves makes room', async () => {
    const [first] = openAll(Array.from({ length: 500 }, (_, index) => `person:${index}`));
    expect(() => open('person:late')).toThrow(refusal);
    await leave(first!);
    open('person:late');
    expect(() => open('person:later')).toThrow(refusal);
  });

  it('end with the right to read, and free their place', async () => {
    const [stream] = openAll(Array.from({ length: 50 }, () => 'person:ada'));
    const closed = once(stream!.resume(), 'close');
    mayRead = false;
    jest.advanceTimersByTime(A_WHILE_MS);
    await closed;
    expect(stream!.readableEnded).toBe(true);
    mayRead = true;
    open('person:ada');
  });
});
