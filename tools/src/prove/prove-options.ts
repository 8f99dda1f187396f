import { randomInt } from 'node:crypto';
import path from 'node:path';

import { UsageError, parse } from '../launcher/start-options.ts';

export interface ProveOptions {
  seed: number;
  scale: 'quick' | 'full';
  /** Absolute; undefined: a folder named after date and seed. */
  reportDir: string | undefined;
}

export const PROVE_USAGE = `usage: npm run prove -- [options]

  Does to a running installation everything that can go wrong (crashes at every point between two side effects, kills,
  broken brokers, databases and networks, spoiled and repeated traffic) on a PostgreSQL and a Kafka of its own, and
  checks every promise after it. Writes a report. Exits with 0 only when every promise held, with 1 when not.

  --seed N        repeats the random choices of an earlier run
  --quick         fewer repeats of everything: at most 15 minutes instead of 45
  --report DIR    where report.json and report.html are written (default .tollgate/prove/<date>-<seed>)
  --help          this text`;

/** @throws UsageError */
export function parseProveOptions(args: readonly string[]): ProveOptions | 'help' {
  const values = parse(args, {
    seed: { type: 'string' },
    quick: { type: 'boolean', default: false },
    report: { type: 'string' },
    help: { type: 'boolean', default: false },
  });
  if (values.help) return 'help';
  return {
    seed: values.seed === undefined ? randomInt(2 ** 31) : parseSeed(values.seed),
    scale: values.quick ? 'quick' : 'full',
    reportDir: values.report === undefined ? undefined : path.resolve(values.report),
  };
}

function parseSeed(text: string): number {
  const seed = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(seed)) return seed;
  throw new UsageError(`--seed takes a whole number, not "${text}"`);
}
