import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import { UsageError } from './usage.errors.ts';

/** Options of every command. */
export const SHARED_OPTIONS = {
  json: { type: 'boolean', default: false },
  'data-dir': { type: 'string', default: '.tollgate' },
  help: { type: 'boolean', short: 'h', default: false },
} as const satisfies ParseArgsOptionsConfig;

type Parsed<Options extends ParseArgsOptionsConfig> = ReturnType<
  typeof parseArgs<{ options: Options & typeof SHARED_OPTIONS; allowPositionals: true }>
>;

/** Node's own parser, its errors as usage errors. @throws UsageError */
export function parseOptions<const Options extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: Options,
): Parsed<Options> {
  try {
    return parseArgs({ args: [...args], options: { ...SHARED_OPTIONS, ...options }, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message.split('\n')[0], { cause: error });
  }
}
