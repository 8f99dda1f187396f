import { seededRandom } from './random.ts';
import type { Random } from './random.ts';

/** How often faults are repeated: a moment in `npm test`, minutes in `npm run prove -- --quick`, longer in `npm run prove`. */
export type Scale = 'short' | 'quick' | 'full';

const SCALES: readonly Scale[] = ['short', 'quick', 'full'];

/** What the tests of tests/integrity are told about this run. */
export interface IntegrityRun {
  /** Repeats every random choice: `npm run prove -- --seed N`. */
  readonly seed: number;
  readonly scale: Scale;
  choose<T>(byScale: Readonly<Record<Scale, T>>): T;
  /** Choices seeded by the run's seed and the name, so that they do not depend on the order in which files run. */
  random(name: string): Random;
}

/**
 * Reads `PROVE_SEED` (chosen by the global set-up where nobody gave one) and `PROVE_SCALE` (default `short`).
 * The reporter names the seed of a test that failed.
 * @throws Error when one of them is not of that kind
 */
export function integrityRun(environment: NodeJS.ProcessEnv = process.env): IntegrityRun {
  const seed = readSeed(environment.PROVE_SEED);
  const scale = readScale(environment.PROVE_SCALE);
  return { seed, scale, choose: (byScale) => byScale[scale], random: (name) => seededRandom(seed, name) };
}

function readSeed(text: string | undefined): number {
  const seed = Number(text);
  if (text !== undefined && /^\d+$/.test(text) && Number.isSafeInteger(seed)) return seed;
  throw new Error(`PROVE_SEED must be a whole number, not "${text ?? ''}"`);
}

function readScale(text: string | undefined): Scale {
  const scale = SCALES.find((each) => each === (text ?? 'short'));
  if (scale === undefined) throw new Error(`PROVE_SCALE must be one of ${SCALES.join(', ')}, not "${text ?? ''}"`);
  return scale;
}
