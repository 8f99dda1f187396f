import { CONFORMANCE_USAGE, parseConformanceOptions } from './conformance/conformance-options.ts';
import { conform } from './conformance/conformance.command.ts';
import { UsageError } from './launcher/start-options.ts';

try {
  const options = parseConformanceOptions(process.argv.slice(2), process.env);
  if (options === 'help') console.log(CONFORMANCE_USAGE);
  else process.exitCode = await conform(options);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`${error.message}\n\n${CONFORMANCE_USAGE}`);
  process.exitCode = 2;
}
