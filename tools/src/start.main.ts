import { loadSettingsFile } from './settings-file.ts';
import { START_USAGE, UsageError, parseStartOptions } from './launcher/start-options.ts';

try {
  const options = parseStartOptions(process.argv.slice(2));
  if (options === 'help') {
    console.log(START_USAGE);
  } else {
    loadSettingsFile();
    // Loaded only now, so that a typing error is answered at once.
    const { startTollgate } = await import('./launcher/start-tollgate.command.ts');
    // Sockets of the sample and timers of the waiting may still be open; everything of ours has been stopped.
    process.exit(await startTollgate(options));
  }
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`${error.message}\n\n${START_USAGE}`);
  process.exitCode = 2;
}
