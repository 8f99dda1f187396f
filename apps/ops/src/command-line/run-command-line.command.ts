import { KnownError } from '@tollgate/contracts';
import { ConfigError } from '@tollgate/platform';
import { EXIT, type ExitCode } from './exit-code.policy.ts';
import { UsageError } from './usage.errors.ts';

/** Runs with the words after its name. */
export type Command = (args: readonly string[]) => Promise<ExitCode>;

/**
 * Picks the command that the first word names and runs it. What goes wrong is told on standard error, in words for the
 * operator.
 * @returns the exit code
 */
export async function runCommandLine(
  args: readonly string[],
  usage: string,
  commands: Readonly<Record<string, Command>>,
): Promise<ExitCode> {
  const [name, ...rest] = args;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    process[name === undefined ? 'stderr' : 'stdout'].write(`${usage}\n`);
    return name === undefined ? EXIT.USAGE : EXIT.DONE;
  }
  try {
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (command === undefined) {
      throw new UsageError(`there is no command "${name}"\n\n${usage}`);
    }
    return await command(rest);
  } catch (error) {
    process.stderr.write(`${explain(error)}\n`);
    return error instanceof UsageError ? EXIT.USAGE : EXIT.FAILED;
  }
}

function explain(error: unknown): string {
  if (error instanceof UsageError || error instanceof ConfigError || error instanceof KnownError) {
    return error.message;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
