import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { IdentityDatabase } from '@tollgate/identity/lookup';
import { ServiceLifetime } from '@tollgate/platform';
import { attemptReview, NOW } from '../../test/approval-samples.ts';
import { toApprovalChanged } from '../approvals/approval.event.ts';
import type { ApprovalRepository } from '../approvals/approval.repository.ts';
import type { Approval } from '../approvals/approval.types.ts';
import { People } from '../people/people.service.ts';
import { ApprovalStreams } from './approval-streams.service.ts';

/** More than the time between two signs of life. */
const A_WHILE_MS = 20_000;
const VOTE = { reviewer: 'a reviewer', decision: 'approved', note: null, at: NOW } as const;

let lifetime: ServiceLifetime;
let streams: ApprovalStreams;
let mayRead: boolean;
let found: Approval[];

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
  lifetime = new ServiceLifetime();
  const approvals = { findByIds: async () => found.map((approval) => ({ approval, now: NOW })) };
  const reviewing = { query: async () => [{ personId: 'rita', role: 'reviewer', isActive: true }] };
  streams = new ApprovalStreams(
    approvals as unknown as ApprovalRepository,
    new People(reviewing as unknown as IdentityDatabase),
    lifetime,
  );
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

  it('tell a step with the votes of those who may review still, as it is read', async () => {
    const votes = ['person:rita', 'person:dismissed'].map((voter) => ({ ...VOTE, voter }));
    const approval = attemptReview({ votesRequired: 3, votes });
    found = [approval];
    const stream = open('person:ada');
    await streams.tell([toApprovalChanged({ approval, change: 'voted', actor: 'rita', at: NOW })]);
    expect(String(stream.read())).toContain('"quorum":{"required":3,"given":1}');
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
