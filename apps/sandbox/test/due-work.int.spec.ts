import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Log, Metrics } from '@tollgate/platform';
import { eventually } from '@tollgate/testing';
import fc from 'fast-check';
import { join } from 'node:path';
import { type DueWork, DueWorkRegistry } from '../src/clock/due-work.service.ts';
import { VirtualClock } from '../src/clock/virtual-clock.service.ts';
import { SandboxStore } from '../src/store/sandbox.store.ts';
import { temporaryFolder } from './emulator.ts';
import { ManualClock } from './manual-clock.ts';

const MS = 1_000;

let folder: ReturnType<typeof temporaryFolder>;
let base: ManualClock;
let store: SandboxStore;
let clock: VirtualClock;
let registry: DueWorkRegistry;

beforeEach(() => {
  folder = temporaryFolder();
  base = new ManualClock();
  store = new SandboxStore(join(folder.path, 'due-work.db'), new Metrics('test'));
  clock = new VirtualClock(base, store);
  registry = new DueWorkRegistry(clock, Log.create({ service: 'sandbox', level: 'silent' }));
});

afterEach(async () => {
  await registry.beforeApplicationShutdown();
  await store.onApplicationShutdown();
  folder.remove();
});

/** Work whose pieces fall due at given times; what is done says when. */
class Pieces implements DueWork {
  constructor(
    private readonly name: string,
    private dueMicros: number[],
    private readonly done: { name: string; dueMicros: number; atMicros: number }[],
  ) {}

  nextDueMicros(afterMicros = 0): number | undefined {
    const later = this.dueMicros.filter((micros) => micros > afterMicros);
    return later.length === 0 ? undefined : Math.min(...later);
  }

  async runDue(): Promise<void> {
    const atMicros = clock.nowMicros();
    const due = this.dueMicros.filter((micros) => micros <= atMicros);
    this.dueMicros = this.dueMicros.filter((micros) => micros > atMicros);
    await Promise.resolve();
    for (const dueMicros of due) this.done.push({ name: this.name, dueMicros, atMicros });
  }
}

it('whatever falls due is done in the order of time, at its own moment, and only what falls due', async () => {
  const delays = fc.array(fc.integer({ min: 1, max: 2_000 }), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(delays, delays, async (one, other) => {
      const start = clock.nowMicros();
      const done: { name: string; dueMicros: number; atMicros: number }[] = [];
      const own = new DueWorkRegistry(clock, Log.create({ service: 'sandbox', level: 'silent' }));
      for (const [name, delaysMs] of Object.entries({ one, other })) {
        own.register(
          new Pieces(
            name,
            [...new Set(delaysMs)].map((ms) => start + ms * MS),
            done,
          ),
        );
      }
      await own.advance(1_000 * MS);
      const due = [...new Set(one), ...new Set(other)].filter((ms) => ms < 1_000).toSorted((a, b) => a - b);
      expect(done.map(({ dueMicros }) => Math.round((dueMicros - start) / MS)).filter((ms) => ms < 1_000)).toEqual(due);
      for (const { dueMicros, atMicros } of done) expect(atMicros - dueMicros).toBeLessThan(MS);
      await own.beforeApplicationShutdown();
    }),
    { numRuns: 30 },
  );
});

it('work that comes of other work on the way is done on the way', async () => {
  const start = clock.nowMicros();
  const done: number[] = [];
  let nextMicros: number | undefined = start + 10 * MS;
  registry.register({
    nextDueMicros: () => nextMicros,
    runDue: async () => {
      done.push(Math.round((clock.nowMicros() - start) / MS));
      nextMicros = done.length < 4 ? clock.nowMicros() + 10 * MS : undefined;
    },
  });
  await registry.advance(35 * MS);
  expect(done).toEqual([10, 20, 30]);
});

it('the clock arrives although something new falls due all the time', async () => {
  const start = clock.nowMicros();
  let pending = [start];
  registry.register({
    nextDueMicros: (afterMicros = 0) => pending.find((micros) => micros > afterMicros),
    runDue: async () => {
      pending = [clock.nowMicros()];
      await Promise.resolve();
    },
  });
  await registry.advance(24 * 3_600_000 * MS);
  expect(clock.nowMicros() - start).toBeGreaterThanOrEqual(24 * 3_600_000 * MS);
});

it('two who move the clock at once move it by both', async () => {
  const start = clock.nowMicros();
  await Promise.all([registry.advance(1_000 * MS), registry.advance(2_000 * MS)]);
  expect(Math.round((clock.nowMicros() - start) / MS)).toBe(3_000);
});

it('time that passes by itself does what falls due, too', async () => {
  const done: { name: string; dueMicros: number; atMicros: number }[] = [];
  registry.register(new Pieces('one', [clock.nowMicros() + 50 * MS], done));
  registry.nudge();
  await eventually(() => {
    base.advance(60);
    expect(done).toHaveLength(1);
  });
});

it('work that fails is tried again a little later, and holds up no other work', async () => {
  let tries = 0;
  registry.register({
    nextDueMicros: () => (tries < 3 ? 0 : undefined),
    runDue: async () => {
      tries += 1;
      await Promise.reject(new Error('no luck'));
    },
  });
  const done: { name: string; dueMicros: number; atMicros: number }[] = [];
  registry.register(new Pieces('other', [clock.nowMicros()], done));
  registry.nudge();
  await eventually(() => expect(done).toHaveLength(1));
  await eventually(() => {
    base.advance(1_000);
    expect(tries).toBe(3);
  });
});
