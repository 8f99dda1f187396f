import { DATABASE_APPS } from '@tollgate/testing';
import type { ServiceProcess, Stack } from '@tollgate/testing';

const INTERVAL_MS = 500;
const COUNTER = /^tollgate_events_duplicate_total(?:\{[^}]*\})? (\d+)/m;

/** Deliveries that were absorbed, counted from now on. */
export interface AbsorbedCount {
  /** Ends the counting. A process that was killed took its last half second of counting along: a lower bound. */
  stop(): Promise<number>;
}

/** Counts what every instance of every service absorbs because the event had taken effect before, over all its lives. */
export function countAbsorbed(stack: Stack): AbsorbedCount {
  const before = new Map<string, number>();
  const latest = new Map<string, number>();
  const look = async (): Promise<void> => {
    await Promise.all(
      stack.instances(DATABASE_APPS).map(async (service) => {
        const life = `${service.url} ${service.pid ?? ''}`;
        const count = await readCounter(service, stack.credentials.operatorToken);
        if (count === undefined) return;
        // A life that was there before counts from its first look on.
        if (!before.has(life)) before.set(life, latest.size === 0 ? count : 0);
        latest.set(life, count);
      }),
    );
  };
  let looking = look();
  const timer = setInterval(() => {
    looking = looking.then(look);
  }, INTERVAL_MS);
  return {
    async stop() {
      clearInterval(timer);
      await looking;
      await look();
      return [...latest].reduce((sum, [life, count]) => sum + count - (before.get(life) ?? 0), 0);
    },
  };
}

/** Undefined while the service is down or frozen. */
async function readCounter(service: ServiceProcess, token: string): Promise<number | undefined> {
  try {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(`${service.url}/metrics`, { headers, signal: AbortSignal.timeout(INTERVAL_MS) });
    return Number(COUNTER.exec(await answer.text())?.[1] ?? 0);
  } catch {
    return undefined;
  }
}
