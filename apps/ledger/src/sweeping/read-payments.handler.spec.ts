import { describe, expect, it } from '@jest/globals';
import type { Database, MerchantDirectory } from '@tollgate/persistence';
import { Log } from '@tollgate/platform';
import type { SweepSettings } from '../ledger.config.ts';
import type { PaymentReads } from './payment-reads.client.ts';
import type { ClaimedRead, ReadBackRepository } from './read-back.repository.ts';
import { ReadPaymentsHandler } from './read-payments.handler.ts';
import type { ReadResult } from './read-result.types.ts';
import type { RecordReadsHandler } from './record-reads.handler.ts';

/** Nobody looks again by the clock: what goes on does so because a read has ended. */
const NEVER_MS = 2 ** 30;

/** A handler among stand-ins: a list of due payments, and a provider that leaves those unanswered that are to hang. */
function stand({ due, hanging = [] }: { due: readonly string[]; hanging?: readonly string[] }) {
  const waiting = due.map((name) => ({ merchantId: name.split('/')[0]!, paymentId: name }));
  const begun: string[] = [];
  const recorded: string[] = [];
  let underWayMax = 0;
  const claim: ReadBackRepository['claim'] = async (_tx, leaseId, rooms, countMax) => {
    const left = new Map(rooms);
    const taken: ClaimedRead[] = [];
    for (const key of [...waiting]) {
      const room = left.get(key.merchantId) ?? 0;
      if (room === 0 || taken.length === countMax) continue;
      left.set(key.merchantId, room - 1);
      waiting.splice(waiting.indexOf(key), 1);
      taken.push({ ...key, leaseId, firstHeardAt: new Date(), failedTries: 0 });
    }
    return Promise.resolve(taken);
  };
  const read = async (claimed: ClaimedRead, signal: AbortSignal): Promise<ReadResult> => {
    begun.push(claimed.paymentId);
    underWayMax = Math.max(underWayMax, begun.length - recorded.length);
    if (!hanging.includes(claimed.paymentId)) return Promise.resolve({ kind: 'missing', claim: claimed });
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    return { kind: 'failed', claim: claimed, reason: 'cancelled', isOutage: true, retryAfterMs: 0 };
  };
  const handler = new ReadPaymentsHandler(
    { transaction: (work: (tx: unknown) => unknown) => work(undefined) } as unknown as Database,
    { listIds: async () => Promise.resolve(['a', 'b']) } as unknown as MerchantDirectory,
    { claim } as unknown as ReadBackRepository,
    { read } as unknown as PaymentReads,
    {
      handle: async ({ claim: { paymentId } }: ReadResult) => {
        recorded.push(paymentId);
        return Promise.resolve();
      },
    } as unknown as RecordReadsHandler,
    Log.create({ service: 'ledger', level: 'silent' }),
    { concurrency: 4, merchantConcurrency: 3, pollMs: NEVER_MS } as SweepSettings,
  );
  return { handler, begun, recorded, underWayMax: () => underWayMax };
}

const names = (merchantId: string, count: number) => Array.from({ length: count }, (_, n) => `${merchantId}/${n}`);

describe('the window of reads', () => {
  it('lets every due read through, never more than it holds', async () => {
    const due = [...names('a', 50), ...names('b', 50)];
    const { handler, recorded, underWayMax } = stand({ due });
    await handler.handle(new AbortController().signal);
    expect(recorded.toSorted()).toEqual(due.toSorted());
    expect(underWayMax()).toBeLessThanOrEqual(4);
  });

  it('slides on beside reads that hang, and a stop ends those', async () => {
    const hanging = ['a/0', 'b/0'];
    const due = [...names('a', 20), ...names('b', 20)];
    const { handler, recorded } = stand({ due, hanging });
    const stop = new AbortController();
    const swept = handler.handle(stop.signal);
    while (recorded.length < due.length - hanging.length) await new Promise(setImmediate);
    stop.abort();
    await swept;
    expect(recorded.slice(-2).toSorted()).toEqual(hanging);
  });

  it('keeps a place for other merchants when all reads of one hang', async () => {
    const hanging = names('a', 20);
    const { handler, begun, recorded } = stand({ due: [...hanging, ...names('b', 20)], hanging });
    const stop = new AbortController();
    const swept = handler.handle(stop.signal);
    while (recorded.length < 20) await new Promise(setImmediate);
    expect(begun.filter((name) => name.startsWith('a/'))).toHaveLength(3);
    stop.abort();
    await swept;
  });
});
