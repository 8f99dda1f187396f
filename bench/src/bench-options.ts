import { parseArgs } from 'node:util';

import { COLUMNS } from './columns/column.types.ts';
import type { ColumnName } from './columns/column.types.ts';

export interface BenchOptions {
  /** None where the emulator alone is measured. */
  readonly columns: readonly ColumnName[];
  readonly rounds: number;
  /** Checkouts of the closed loop. */
  readonly count: number;
  /** Checkouts before the first measurement of a round; nothing of them is kept. */
  readonly warmUp: number;
  /** Length of each open loop; 0 = none. */
  readonly latencySeconds: number;
  /** Events in the outbox whose draining is measured; 0 = not at all. */
  readonly relayEvents: number;
  /** Approvals of each round of the emulator alone; 0 = not at all. */
  readonly approvals: number;
  /** Whether rules alone are measured. */
  readonly hasRules: boolean;
  /** Attempts in the tables, and length of the steady load; both 0 = not at all. */
  readonly preload: number;
  readonly steadySeconds: number;
  /** Whether the result goes into results/ and the README. */
  readonly isKept: boolean;
  /** Where the product's CPU profiles go, if they are wanted. */
  readonly cpuProfileDir?: string;
}

/** Not a column: what is measured of it is not compared with anything. */
const EMULATOR = 'emulator';

/** The command line cannot be understood; the caller shows the usage and exits with code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const BENCH_USAGE = `usage: npm run bench -- [options]

  --quick           one short round of each column, a couple of minutes; nothing is kept in results/
  --full            also with a million attempts in the tables, and ten minutes of steady load
  --only COLUMN     one column alone: ${COLUMNS.join(', ')}; nothing is kept in results/
  --only ${EMULATOR}   the emulator alone, under a minute; kept beside the newest result of the rest
  --rounds R        rounds of each column, taken in turns
  --count N         checkouts of each throughput measurement
  --warm-up N       checkouts before the first measurement of a round (default 1000)
  --seconds S       length of each latency measurement; 0 leaves them out
  --relay N         events of a backlog that the relay drains; 0 leaves it out
  --approvals N     approvals of each round of the emulator alone; 0 leaves it out
  --preload N       attempts in the tables before a second throughput measurement; 0 leaves it out
  --steady S        length of the steady load after it
  --cpu-prof DIR    write CPU profiles of the product's services there
  --help            this text`;

/** @throws UsageError */
export function parseBenchOptions(args: readonly string[]): BenchOptions | 'help' {
  const values = parse(args);
  if (values.help) return 'help';
  const quick = values.quick;
  return {
    columns: parseColumns(values.only),
    rounds: parseNumber('--rounds', values.rounds ?? (quick ? '1' : '3')),
    count: parseNumber('--count', values.count ?? (quick ? '2000' : '5000')),
    warmUp: parseNumber('--warm-up', values['warm-up'] ?? '1000'),
    latencySeconds: parseNumber('--seconds', values.seconds ?? (quick ? '5' : '10')),
    relayEvents: parseNumber('--relay', values.relay ?? (quick || values.only !== undefined ? '0' : '50000')),
    approvals: parseNumber('--approvals', values.approvals ?? defaultApprovals({ quick, only: values.only })),
    hasRules: values.only === undefined,
    preload: parseNumber('--preload', values.preload ?? (values.full ? '1000000' : '0')),
    steadySeconds: parseNumber('--steady', values.steady ?? (values.full ? '600' : '0')),
    isKept: (values.only === undefined || values.only === EMULATOR) && values['cpu-prof'] === undefined && !quick,
    ...(values['cpu-prof'] === undefined ? {} : { cpuProfileDir: values['cpu-prof'] }),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: false,
      options: {
        full: { type: 'boolean', default: false },
        relay: { type: 'string' },
        approvals: { type: 'string' },
        preload: { type: 'string' },
        steady: { type: 'string' },
        quick: { type: 'boolean', default: false },
        only: { type: 'string' },
        rounds: { type: 'string' },
        count: { type: 'string' },
        seconds: { type: 'string' },
        'warm-up': { type: 'string' },
        'cpu-prof': { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message.split('\n')[0], { cause: error });
  }
}

function parseColumns(only: string | undefined): readonly ColumnName[] {
  if (only === undefined) return COLUMNS;
  if (only === EMULATOR) return [];
  const column = COLUMNS.find((name) => name === only);
  if (column === undefined)
    throw new UsageError(`--only takes one of ${COLUMNS.join(', ')}, ${EMULATOR}, not "${only}"`);
  return [column];
}

function defaultApprovals({ quick, only }: { quick: boolean; only: string | undefined }): string {
  if (only !== undefined && only !== EMULATOR) return '0';
  return quick ? '2000' : '5000';
}

function parseNumber(name: string, text: string): number {
  if (/^\d{1,7}$/.test(text)) return Number(text);
  throw new UsageError(`${name} takes a whole number, not "${text}"`);
}
