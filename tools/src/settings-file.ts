import { existsSync } from 'node:fs';
import path from 'node:path';
import { loadEnvFile } from 'node:process';

/** The checkout's folder. */
export const ROOT = path.resolve(import.meta.dirname, '../..');

/** Reads `.env`, the file Docker Compose reads too; what the environment sets already stands. */
export function loadSettingsFile(): void {
  const file = path.join(ROOT, '.env');
  if (existsSync(file)) loadEnvFile(file);
}
