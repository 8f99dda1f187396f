import { join, relative } from 'node:path';
import process from 'node:process';
import { takeStandaloneKeys } from './standalone-keys.store.ts';

/** `npm run sandbox`: the emulator by itself, with data and secrets of its own where the environment gives none. */
const ROOT = join(import.meta.dirname, '../../../..');

process.env['SANDBOX_DATA_FILE'] ||= join(ROOT, '.tollgate', 'emulator', 'sandbox.sqlite');
const keysFile = takeStandaloneKeys(process.env['SANDBOX_DATA_FILE']);
process.stderr.write(`Primer, offline. Its key, and the token of its controls:  . ${relative('', keysFile)}\n`);
await import('../main.ts');
