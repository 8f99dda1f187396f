import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { CredentialsError, parseCredentials } from '../launcher/credentials.ts';
import type { Credentials } from '../launcher/credentials.ts';
import { ROOT } from '../settings-file.ts';

const run = promisify(execFile);
/** Where the setup step keeps them, in a volume that every service mounts. */
const FILE = '/run/tollgate/credentials.json';

/** The credentials of the containers that run. @throws CredentialsError in Docker's words */
export async function readComposeCredentials(environment: NodeJS.ProcessEnv): Promise<Credentials> {
  try {
    const { stdout } = await run('docker', ['compose', 'exec', '-T', 'intake', 'cat', FILE], { cwd: ROOT });
    return parseCredentials(stdout, FILE, environment);
  } catch (error) {
    if (error instanceof CredentialsError) throw error;
    const reason = String((error as { stderr?: string }).stderr ?? error).trim();
    throw new CredentialsError(`the containers cannot be asked for their credentials: ${reason}`, { cause: error });
  }
}
