import 'reflect-metadata';
import { runSandbox } from '../run-sandbox.command.ts';
import { readStandaloneConfig } from '../sandbox.config.ts';

/** `npm run sandbox`: the emulator by itself, with data and secrets of its own where the environment gives none. */
await runSandbox(() => {
  const { settings, keysFile } = readStandaloneConfig();
  process.stderr.write(`Primer, offline. Its key, and the token of its controls:  . ${keysFile}\n`);
  return settings;
});
