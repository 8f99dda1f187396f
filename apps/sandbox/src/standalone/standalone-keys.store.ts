import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { parseEnv } from 'node:util';

const SECRETS = ['PRIMER_API_KEY', 'PRIMER_WEBHOOK_SECRET', 'TOLLGATE_OPERATOR_TOKEN'] as const;
const SECRET_BYTES = 24;
const FOR_ITS_OWNER_ALONE = 0o600;

/**
 * Puts into the environment what an emulator by itself has made up for itself: its secrets, at random the first time, and
 * kept beside its data in a file that a shell can read. What the environment says already stands.
 *
 * @returns the file with the secrets
 */
export function takeStandaloneKeys(dataFile: string): string {
  const keysFile = join(dirname(dataFile), 'keys.env');
  mkdirSync(dirname(keysFile), { recursive: true, mode: 0o700 });
  const lines = SECRETS.map((name) => `export ${name}=${randomBytes(SECRET_BYTES).toString('base64url')}\n`);
  try {
    writeFileSync(keysFile, lines.join(''), { flag: 'wx', mode: FOR_ITS_OWNER_ALONE });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  for (const [name, value] of Object.entries(parseEnv(readFileSync(keysFile, 'utf8')))) process.env[name] ||= value;
  return keysFile;
}
