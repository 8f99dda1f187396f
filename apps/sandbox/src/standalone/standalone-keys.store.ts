import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseEnv } from 'node:util';

/** What an emulator by itself makes up: what its callers, its operator and its webhooks prove themselves with. */
const SECRETS = ['PRIMER_API_KEY', 'PRIMER_WEBHOOK_SECRET', 'TOLLGATE_OPERATOR_TOKEN'] as const;
const SECRET_BYTES = 24;
const FOR_ITS_OWNER_ALONE = 0o600;

/** The secrets in a file that a shell can read, made at random (and with its folder) when there is none. */
export function readOrMakeKeys(file: string): NodeJS.Dict<string> {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const lines = SECRETS.map((name) => `export ${name}=${randomBytes(SECRET_BYTES).toString('base64url')}\n`);
  try {
    writeFileSync(file, lines.join(''), { flag: 'wx', mode: FOR_ITS_OWNER_ALONE });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return parseEnv(readFileSync(file, 'utf8'));
}
