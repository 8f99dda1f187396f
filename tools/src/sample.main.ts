import path from 'node:path';

import { ConfigError } from '@tollgate/platform';

import { CredentialsError, readExistingCredentials } from './launcher/credentials.ts';
import type { Credentials } from './launcher/credentials.ts';
import { DataFolder } from './launcher/data-folder.ts';
import { readLauncherSettings } from './launcher/launcher.config.ts';
import { Narrator } from './launcher/narrator.ts';
import { DATA_DIR_DEFAULT, UsageError, parse, parseCount } from './launcher/start-options.ts';
import { toAddresses } from './launcher/service-plan.ts';
import { readComposeCredentials } from './sample/compose-credentials.ts';
import { UnexpectedAnswer } from './sample/json-client.ts';
import { runSample } from './sample/run-sample.command.ts';
import { loadSettingsFile } from './settings-file.ts';

const USAGE = `usage: npm run sample -- [options]

  Sends checkouts to an installation that is running, and shows what became of them. Exits with 0 when every invariant
  held, with 1 when not.

  --against WHICH   local: what "npm start" runs, with its credentials file (default)
                    compose: what "docker compose --profile all up" runs, with its credentials
  --sample N        how many checkouts (default 60)
  --data-dir DIR    where the local installation keeps its credentials (default ${DATA_DIR_DEFAULT})`;

try {
  const values = parse(process.argv.slice(2), {
    against: { type: 'string', default: 'local' },
    sample: { type: 'string', default: '60' },
    'data-dir': { type: 'string', default: DATA_DIR_DEFAULT },
    help: { type: 'boolean', default: false },
  });
  loadSettingsFile();
  if (values.help) {
    console.log(USAGE);
  } else {
    const credentials = await findCredentials(values.against, path.resolve(values['data-dir']));
    const size = parseCount('--sample', values.sample);
    const addresses = toAddresses(readLauncherSettings(process.env));
    process.exitCode = (await runSample({ size, credentials, addresses, narrator: new Narrator() })) ? 0 : 1;
  }
} catch (error) {
  if (error instanceof UsageError) console.error(`${error.message}\n\n${USAGE}`);
  else if (error instanceof ConfigError || error instanceof CredentialsError) console.error(error.message);
  else if (error instanceof UnexpectedAnswer) console.error(`${error.message}\nIs the installation running?`);
  else console.error(error);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

async function findCredentials(against: string, dataDir: string): Promise<Credentials> {
  if (against === 'compose') return readComposeCredentials(process.env);
  if (against !== 'local') throw new UsageError(`--against takes "local" or "compose", not "${against}"`);
  return readExistingCredentials(new DataFolder(dataDir).credentialsFile, process.env);
}
