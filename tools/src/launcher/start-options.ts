import path from 'node:path';
import { parseArgs } from 'node:util';

export interface StartOptions {
  /** Exit after the sample. */
  once: boolean;
  /** How many sample checkouts to send; 0 = none. */
  sampleSize: number;
  /** Absolute. */
  dataDir: string;
}

/** The command line cannot be understood; the caller shows the usage and exits with code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const SAMPLE_SIZE_DEFAULT = 60;
const SAMPLE_SIZE_MAX = 10_000;
export const DATA_DIR_DEFAULT = '.tollgate';

export const START_USAGE = `usage: npm start -- [options]

  Starts PostgreSQL, Kafka and every service, sends a sample of checkouts, shows what became of them and stays up
  until Ctrl-C.

  --once            exit after the sample: 0 when every invariant held, 1 when not
  --sample N        how many checkouts the sample holds, 0 for none (default ${SAMPLE_SIZE_DEFAULT})
  --data-dir DIR    where data, logs, pid files and credentials live (default ${DATA_DIR_DEFAULT})
  --help            this text

  Settings come from the environment or a .env file; .env.example explains each.`;

/** @throws UsageError */
export function parseStartOptions(args: readonly string[]): StartOptions | 'help' {
  const values = parse(args, {
    once: { type: 'boolean', default: false },
    sample: { type: 'string', default: String(SAMPLE_SIZE_DEFAULT) },
    'data-dir': { type: 'string', default: DATA_DIR_DEFAULT },
    help: { type: 'boolean', default: false },
  });
  if (values.help) return 'help';
  return {
    once: values.once,
    sampleSize: parseCount('--sample', values.sample),
    dataDir: path.resolve(values['data-dir']),
  };
}

type OptionShapes = NonNullable<NonNullable<Parameters<typeof parseArgs>[0]>['options']>;
type OptionValues<Options extends OptionShapes> = ReturnType<
  typeof parseArgs<{ options: Options; allowPositionals: false }>
>['values'];

/** Node's own parser, its errors as usage errors. @throws UsageError */
export function parse<Options extends OptionShapes>(args: readonly string[], options: Options): OptionValues<Options> {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError((error as Error).message.split('\n')[0], { cause: error });
  }
}

/** A whole number from 0 to the largest sample. @throws UsageError */
export function parseCount(name: string, text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count <= SAMPLE_SIZE_MAX) return count;
  throw new UsageError(`${name} takes a whole number from 0 to ${SAMPLE_SIZE_MAX}, not "${text}"`);
}
