import { PROVE_USAGE, parseProveOptions } from './prove/prove-options.ts';
import { UsageError } from './launcher/start-options.ts';
import { prove } from './prove/prove.command.ts';

try {
  const options = parseProveOptions(process.argv.slice(2));
  if (options === 'help') console.log(PROVE_USAGE);
  // Timers of the stop signals may still be open; everything of ours has ended.
  else process.exit(await prove(options));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`${error.message}\n\n${PROVE_USAGE}`);
  process.exitCode = 2;
}
