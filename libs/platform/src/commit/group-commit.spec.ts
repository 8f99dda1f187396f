import { describe, expect, it } from '@jest/globals';
import { KnownError } from '@tollgate/contracts';
import fc from 'fast-check';
import { currentTraceId, runWithTraceparent } from '../trace/correlation.ts';
import { GroupCommit, type GroupResult } from './group-commit.ts';

type Kind = 'good' | 'refused' | 'poison';
interface Item {
  readonly id: number;
  readonly kind: Kind;
}

/** A store whose transaction is rolled back as a whole by a poison request; commits are recorded. */
function poisonableStore({ delayTicks }: { delayTicks: number }) {
  const committed: number[] = [];
  const batchSizes: number[] = [];
  let running = 0;
  let runningMax = 0;
  const run = async (batch: Item[]): Promise<Array<GroupResult<string>>> => {
    batchSizes.push(batch.length);
    running += 1;
    runningMax = Math.max(runningMax, running);
    for (let tick = 0; tick < delayTicks; tick += 1) {
      await new Promise<void>((resolve) => {
        setImmediate(resolve);
      });
    }
    running -= 1;
    if (batch.some(({ kind }) => kind === 'poison')) {
      throw new Error('rolled back');
    }
    committed.push(...batch.filter(({ kind }) => kind === 'good').map(({ id }) => id));
    return batch.map(({ id, kind }) =>
      kind === 'good' ? { ok: `done ${id}` } : { error: new Error(`refused ${id}`) },
    );
  };
  return { run, committed, batchSizes, runningMax: () => runningMax };
}

const toOutcome = (id: number, kind: Kind): string =>
  ({ good: `done ${id}`, refused: `refused ${id}`, poison: 'rolled back' })[kind];

describe('GroupCommit', () => {
  it('settles every request exactly once with its own result, whatever fails beside it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.constantFrom<Kind>('good', 'good', 'refused', 'poison'), { maxLength: 12 }), {
          maxLength: 6,
        }),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 0, max: 3 }),
        async (waves, maxBatch, concurrency, delayTicks) => {
          const store = poisonableStore({ delayTicks });
          const commit = new GroupCommit<Item, string>({
            name: 't',
            maxBatch,
            maxWaiting: 1000,
            concurrency,
            run: store.run,
          });
          const settled: Array<Promise<{ id: number; kind: Kind; outcome: string }>> = [];
          let id = 0;
          for (const wave of waves) {
            for (const kind of wave) {
              const item = { id: (id += 1), kind };
              settled.push(
                commit.submit(item).then(
                  (result) => ({ ...item, outcome: result }),
                  (error: Error) => ({ ...item, outcome: error.message }),
                ),
              );
            }
            await new Promise<void>((resolve) => {
              setImmediate(resolve);
            });
          }
          const outcomes = await Promise.all(settled);
          await commit.idle();
          for (const outcome of outcomes) {
            expect(outcome.outcome).toBe(toOutcome(outcome.id, outcome.kind));
          }
          const good = outcomes.filter(({ kind }) => kind === 'good').map((outcome) => outcome.id);
          expect(store.committed.toSorted((a, b) => a - b)).toEqual(good);
          expect(store.runningMax()).toBeLessThanOrEqual(concurrency);
          expect(Math.max(0, ...store.batchSizes)).toBeLessThanOrEqual(maxBatch);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('lets what arrives during a commit share the next one', async () => {
    const store = poisonableStore({ delayTicks: 2 });
    const commit = new GroupCommit<Item, string>({
      name: 't',
      maxBatch: 100,
      maxWaiting: 100,
      concurrency: 1,
      run: store.run,
    });
    const first = commit.submit({ id: 1, kind: 'good' });
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
    const rest = [2, 3, 4].map((id) => commit.submit({ id, kind: 'good' }));
    await Promise.all([first, ...rest]);
    expect(store.batchSizes).toEqual([1, 3]);
  });

  it('finds one poison request among 128 without committing anything twice', async () => {
    const store = poisonableStore({ delayTicks: 0 });
    const commit = new GroupCommit<Item, string>({
      name: 't',
      maxBatch: 128,
      maxWaiting: 128,
      concurrency: 1,
      run: store.run,
    });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 128 }, (_, id) => commit.submit({ id, kind: id === 77 ? 'poison' : 'good' })),
    );
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    expect(new Set(store.committed).size).toBe(127);
    expect(store.batchSizes.length).toBeLessThanOrEqual(16);
  });

  it('refuses what is more than may wait, and says when to come back', async () => {
    const store = poisonableStore({ delayTicks: 1 });
    const commit = new GroupCommit<Item, string>({
      name: 'attempts',
      maxBatch: 1,
      maxWaiting: 2,
      concurrency: 1,
      run: store.run,
    });
    const accepted = [1, 2].map((id) => commit.submit({ id, kind: 'good' }));
    await expect(commit.submit({ id: 3, kind: 'good' })).rejects.toMatchObject({
      code: 'OVERLOADED',
      retriable: true,
      facts: { retryAfterSeconds: 1 },
    });
    await expect(Promise.all(accepted)).resolves.toEqual(['done 1', 'done 2']);
  });

  it('fails a batch at once when the database is away, instead of trying its parts', async () => {
    let runs = 0;
    const away = new KnownError('DATABASE_UNAVAILABLE');
    const commit = new GroupCommit<number, never>({
      name: 't',
      maxBatch: 10,
      maxWaiting: 10,
      concurrency: 1,
      run: () => {
        runs += 1;
        return Promise.reject(away);
      },
    });
    const outcomes = await Promise.allSettled([1, 2, 3].map((request) => commit.submit(request)));
    expect(outcomes.map((outcome) => (outcome as PromiseRejectedResult).reason)).toEqual([away, away, away]);
    expect(runs).toBe(1);
  });

  it('never repeats a batch whose commit may have happened: a wrong number of results fails them all', async () => {
    let runs = 0;
    const commit = new GroupCommit<number, number>({
      name: 't',
      maxBatch: 10,
      maxWaiting: 10,
      concurrency: 1,
      run: async () => {
        runs += 1;
        return [{ ok: 1 }];
      },
    });
    const outcomes = await Promise.allSettled([1, 2].map((request) => commit.submit(request)));
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(runs).toBe(1);
  });

  it('runs outside the trace of the request that began the batch, and answers within it', async () => {
    const inside: Array<string | undefined> = [];
    const commit = new GroupCommit<number, number>({
      name: 't',
      maxBatch: 1,
      maxWaiting: 10,
      concurrency: 1,
      run: async ([request = 0]) => {
        inside.push(currentTraceId());
        return [{ ok: request }];
      },
    });
    const traces = await Promise.all(
      [1, 2].map((request) =>
        runWithTraceparent(undefined, async () => {
          const mine = currentTraceId();
          await commit.submit(request);
          return currentTraceId() === mine;
        }),
      ),
    );
    expect(traces).toEqual([true, true]);
    expect(inside).toEqual([undefined, undefined]);
  });

  it('survives a run that throws before it returns a promise', async () => {
    const commit = new GroupCommit<number, number>({
      name: 't',
      maxBatch: 1,
      maxWaiting: 10,
      concurrency: 1,
      run: () => {
        throw new Error('not even a promise');
      },
    });
    await expect(commit.submit(1)).rejects.toThrow('not even a promise');
    await expect(commit.submit(2)).rejects.toThrow('not even a promise');
  });
});
