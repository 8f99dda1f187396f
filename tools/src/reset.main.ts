import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';

import { removeContainerData } from '@tollgate/backends';

import { DataFolder } from './launcher/data-folder.ts';
import { DATA_DIR_DEFAULT, UsageError, parse } from './launcher/start-options.ts';

const USAGE = `usage: npm run reset -- [--data-dir DIR]

  Removes everything that "npm start" keeps: database, broker, emulator, logs and credentials. Refuses while it runs.

  --data-dir DIR    the folder to remove (default ${DATA_DIR_DEFAULT})`;

/** A folder without any of these was not made by "npm start", and is not removed. */
const SIGNS_OF_OURS = ['credentials.json', 'run', 'logs'];

try {
  const values = parse(process.argv.slice(2), {
    'data-dir': { type: 'string', default: DATA_DIR_DEFAULT },
    help: { type: 'boolean', default: false },
  });
  if (values.help) console.log(USAGE);
  else await reset(path.resolve(values['data-dir']));
} catch (error) {
  console.error(error instanceof UsageError ? `${error.message}\n\n${USAGE}` : (error as Error).message);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

async function reset(dataDir: string): Promise<void> {
  if (!existsSync(dataDir)) {
    console.log(`nothing to remove: there is no ${dataDir}`);
    return;
  }
  if (!SIGNS_OF_OURS.some((name) => existsSync(path.join(dataDir, name)))) {
    throw new Error(`${dataDir} was not made by "npm start" and is left alone`);
  }
  const folder = new DataFolder(dataDir);
  const holder = folder.findHolder();
  if (holder !== undefined) {
    throw new Error(`Tollgate runs on ${dataDir} (process ${holder.pid}): stop it first, with Ctrl-C in its terminal`);
  }
  const ended = existsSync(folder.runDir) ? await folder.clearLeftovers() : [];
  if (ended.length > 0) console.log(`ended what a killed start left running: ${ended.join(', ')}`);
  for (const backend of ['postgres', 'kafka']) await removeContainerData(path.join(dataDir, backend));
  rmSync(dataDir, { recursive: true, force: true });
  console.log(`removed ${dataDir}: database, broker, emulator, logs and credentials`);
}
