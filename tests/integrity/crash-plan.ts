import type { FailpointName } from '@tollgate/platform';
import type { DATABASE_APPS, Random } from '@tollgate/testing';

/** A service that may be killed: all but the emulator, which is not ours to promise for. */
export type Mortal = (typeof DATABASE_APPS)[number];

/** How a process gets to a failpoint while checkouts of all kinds flow. */
export interface Way {
  /** The services that pass it; its kills are shared out among them. */
  readonly by: readonly Mortal[];
  /** What it takes besides checkouts; see {@link CONDITIONS}. */
  readonly when?: keyof typeof CONDITIONS;
  /** It dies at one of so many first visits, a random one, so that kills land at different moments. */
  readonly visitsMax: number;
}

/** What the run sees to, so that rare points are reached as well. */
export const CONDITIONS = {
  aborts: 'shops abort some of their attempts right after posting them',
  poison: "some orders break a constraint of risk's tables: their attempts become dead letters and miss their deadline",
  'lossy provider': 'some answers of Primer are lost on their way to the gateway, and some are slow',
  leftovers: 'the process before was killed after it had published and before it had deleted what it published',
} as const;

const EVERYONE = ['intake', 'risk', 'gateway', 'ledger'] as const;
const EMITTERS = ['intake', 'gateway', 'ledger'] as const;

/** Every failpoint there is. */
export const WAYS: Readonly<Record<FailpointName, Way>> = {
  'in-hand.after-mark': { by: EVERYONE, visitsMax: 4 },
  'in-hand.after-clear': { by: EVERYONE, visitsMax: 2 },
  'batch.before-commit': { by: EVERYONE, visitsMax: 4 },
  'batch.after-commit': { by: EVERYONE, visitsMax: 4 },
  'bury.before-commit': { by: ['risk'], when: 'poison', visitsMax: 1 },
  'bury.after-commit': { by: ['risk'], when: 'poison', visitsMax: 1 },
  'offsets.before-commit': { by: EVERYONE, visitsMax: 2 },
  'offsets.after-commit': { by: EVERYONE, visitsMax: 2 },

  'transaction.after-commit': { by: EMITTERS, visitsMax: 4 },
  'publish.after-send': { by: EVERYONE, visitsMax: 3 },
  'publish.after-delete': { by: EVERYONE, visitsMax: 3 },
  'relay.after-lease': { by: EVERYONE, when: 'leftovers', visitsMax: 1 },
  'relay.after-send': { by: EVERYONE, when: 'leftovers', visitsMax: 1 },
  'relay.after-delete': { by: EVERYONE, when: 'leftovers', visitsMax: 1 },

  'inbox.before-commit': { by: EVERYONE, visitsMax: 1 },
  'inbox.after-commit': { by: EVERYONE, visitsMax: 1 },

  'post.before-commit': { by: ['intake'], visitsMax: 4 },
  'post.after-commit': { by: ['intake'], visitsMax: 4 },
  'abort.before-commit': { by: ['intake'], when: 'aborts', visitsMax: 2 },
  'abort.after-commit': { by: ['intake'], when: 'aborts', visitsMax: 2 },
  'deadline.before-commit': { by: ['intake'], when: 'poison', visitsMax: 2 },
  'deadline.after-commit': { by: ['intake'], when: 'poison', visitsMax: 2 },

  'lease.before-commit': { by: ['gateway'], when: 'lossy provider', visitsMax: 3 },
  'lease.after-commit': { by: ['gateway'], when: 'lossy provider', visitsMax: 3 },
  'call.before-send': { by: ['gateway'], visitsMax: 5 },
  'call.after-answer': { by: ['gateway'], visitsMax: 5 },
  'find.after-answer': { by: ['gateway'], when: 'lossy provider', visitsMax: 2 },
  'renewal.after-commit': { by: ['gateway'], when: 'lossy provider', visitsMax: 1 },
  'result.before-commit': { by: ['gateway'], visitsMax: 4 },
  'result.after-commit': { by: ['gateway'], visitsMax: 4 },
  'compare.before-commit': { by: ['gateway'], visitsMax: 2 },
  'compare.after-commit': { by: ['gateway'], visitsMax: 2 },

  'webhook.before-commit': { by: ['ledger'], visitsMax: 3 },
  'webhook.after-commit': { by: ['ledger'], visitsMax: 3 },
  'sweep.after-lease': { by: ['ledger'], visitsMax: 3 },
  'sweep.after-read': { by: ['ledger'], visitsMax: 3 },
  'sweep.before-commit': { by: ['ledger'], visitsMax: 3 },
  'sweep.after-commit': { by: ['ledger'], visitsMax: 3 },
  'list.after-lease': { by: ['ledger'], visitsMax: 2 },
  'list.after-read': { by: ['ledger'], visitsMax: 2 },
  'list.after-request': { by: ['ledger'], visitsMax: 2 },
  'list.after-finish': { by: ['ledger'], visitsMax: 2 },
};

/** One kill to be made. */
export interface PlannedKill {
  readonly point: FailpointName;
  /** The visit at which the process dies. */
  readonly visit: number;
}

/**
 * Shares so many kills of each point out among the services that pass it, each service's in a random order. What many
 * pass goes to each of them first, then to those with the least to do: the services die side by side.
 */
export function planKills(killsPerPoint: number, random: Random): Readonly<Record<Mortal, PlannedKill[]>> {
  const plan: Record<Mortal, PlannedKill[]> = { intake: [], risk: [], gateway: [], ledger: [] };
  const points = (Object.keys(WAYS) as FailpointName[]).toSorted(
    (one, other) => WAYS[one].by.length - WAYS[other].by.length,
  );
  for (const point of points) {
    const { by, visitsMax } = WAYS[point];
    for (let kill = 0; kill < killsPerPoint; kill++) {
      const idlest = by.toSorted((one, other) => plan[one].length - plan[other].length)[0]!;
      const service = killsPerPoint > by.length && kill < by.length ? by[kill]! : idlest;
      plan[service].push({ point, visit: random.integer(1, visitsMax) });
    }
  }
  return {
    intake: random.shuffle(plan.intake),
    risk: random.shuffle(plan.risk),
    gateway: random.shuffle(plan.gateway),
    ledger: random.shuffle(plan.ledger),
  };
}
