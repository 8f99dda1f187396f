import { setTimeout as delay } from 'node:timers/promises';

import { FAILPOINT_REACHED } from '@tollgate/platform';
import type { FailpointName } from '@tollgate/platform';
import { DATABASE_APPS, eventually } from '@tollgate/testing';
import type { ServiceProcess, Stack } from '@tollgate/testing';

import { WAYS } from './crash-plan.ts';
import type { Mortal, PlannedKill } from './crash-plan.ts';

/** How long a process that is ready may live on without reaching its point; then it is killed, which does not count. */
const LIFE_MS_MAX = 15_000;
/** Such lives in a row, of one planned kill, until it is given up. */
const TRIES_MAX = 5;
/**
 * A record in hand at more deaths in a row would soon be taken for the one that kills the process, and be dead-lettered:
 * rightly so, and not what is to be shown here.
 */
const DEATHS_IN_A_ROW_MAX = 2;
/** A life without a failpoint lasts so long at most. Milliseconds. */
const CALM_MS_MAX = 4_000;

/** Kills the services of a stack at failpoints, and counts. */
export class CrashDriver {
  readonly kills = new Map<FailpointName, number>();
  /** Lives that ended without reaching their point. */
  misses = 0;
  readonly #innocent = new Map<Mortal, Set<string>>();
  #stopped = false;

  constructor(
    private readonly stack: Stack,
    private readonly killsPerPoint: number,
  ) {}

  /** Has the services die side by side, each at all of its points, one life each, and starts them for good in the end. */
  async killAll(plan: Readonly<Record<Mortal, readonly PlannedKill[]>>): Promise<void> {
    try {
      await Promise.all(DATABASE_APPS.map((app) => this.#killAtAll(app, plan[app])));
    } finally {
      this.#stopped = true; // One that failed shall not leave the others starting processes.
    }
  }

  async #killAtAll(app: Mortal, planned: readonly PlannedKill[]): Promise<void> {
    const service = this.stack.services[app];
    await service.kill9();
    const queue = planned.map((kill) => ({ ...kill, tries: 0 }));
    for (let kill = queue.shift(); kill !== undefined && !this.#stopped; kill = queue.shift()) {
      if (this.#count(kill.point) >= this.killsPerPoint) continue;
      await this.#calm(app, service);
      if (WAYS[kill.point].when === 'leftovers') await this.#dieAt(service, { point: 'publish.after-send', visit: 1 });
      const hasDied = await this.#dieAt(service, kill);
      if (!hasDied && kill.tries + 1 < TRIES_MAX) queue.push({ ...kill, visit: 1, tries: kill.tries + 1 });
    }
    service.start();
    await service.ready();
  }

  #count(point: FailpointName): number {
    return this.kills.get(point) ?? 0;
  }

  /** @returns whether it reached the point; only then the kill counts */
  async #dieAt(service: ServiceProcess, { point, visit }: PlannedKill): Promise<boolean> {
    const bornAt = service.log.length;
    service.start({ TOLLGATE_FAILPOINTS: `${point}@${visit}` });
    const dead = new AbortController();
    const impatience = endLongLife(service, dead.signal);
    const signal = await service.ended();
    dead.abort();
    await impatience;
    if (signal !== 'SIGKILL') throw new Error(`${service.app} ended before it was killed:\n${service.logTail()}`);
    const hasReached = service.log.slice(bornAt).includes(`${FAILPOINT_REACHED}${point}\n`);
    if (hasReached) this.kills.set(point, this.#count(point) + 1);
    else this.misses += 1;
    return hasReached;
  }

  /** Lets the service handle in peace what was in hand at too many deaths. */
  async #calm(app: Mortal, service: ServiceProcess): Promise<void> {
    const assertNoSuspects = async (): Promise<void> => {
      const innocent = this.#innocent.get(app);
      const suspects = (await this.#findSuspects(app)).filter((each) => innocent?.has(each) !== true);
      if (suspects.length > 0) throw new Error(`in hand at too many deaths: ${suspects.join()}`);
    };
    try {
      await assertNoSuspects();
    } catch {
      service.start();
      await service.ready();
      await eventually(assertNoSuspects, { timeoutMs: CALM_MS_MAX }).catch(() => undefined);
      await service.stop();
      // What is noted still was handled long ago: nothing new has come on its partition.
      this.#innocent.set(app, new Set(await this.#findSuspects(app)));
    }
  }

  async #findSuspects(app: Mortal): Promise<string[]> {
    const rows = await this.stack.query<{ suspect: string }>(
      `SELECT concat_ws('/', topic, partition, first_offset, last_offset, tries) AS suspect
         FROM {${app}}.in_hand WHERE tries > $1`,
      [DEATHS_IN_A_ROW_MAX],
    );
    return rows.map(({ suspect }) => suspect);
  }
}

/** However long the start takes on a busy machine: the life begins when the service is ready. */
async function endLongLife(service: ServiceProcess, dead: AbortSignal): Promise<void> {
  try {
    await service.ready();
    await delay(LIFE_MS_MAX, undefined, { signal: dead });
  } catch {
    // It is dead already, as it should be, or it never became ready.
  }
  await service.kill9();
}
