import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { readCredentialsFromEnvironment } from './launcher/credentials.ts';
import { setUpDatabase } from './launcher/set-up-database.command.ts';
import { UsageError, parse } from './launcher/start-options.ts';
import { loadSettingsFile } from './settings-file.ts';

const USAGE = `usage: npm run setup -- [--url-dir DIR]

  Prepares the PostgreSQL that DATABASE_URL names (an administrator's connection): each service's role and schema,
  and the merchant that MERCHANT_ID, INTAKE_API_KEY, PRIMER_API_KEY and PRIMER_WEBHOOK_SECRET describe. Run it before
  services that are not started by "npm start"; running it again changes the merchant's keys.

  --url-dir DIR     write each service's DATABASE_URL to DIR/<service>.database-url`;

const FILE_MODE = 0o640;

try {
  const { 'url-dir': urlDir, help } = parse(process.argv.slice(2), {
    'url-dir': { type: 'string' },
    help: { type: 'boolean', default: false },
  });
  if (help) console.log(USAGE);
  else await setUp(urlDir);
} catch (error) {
  console.error(error instanceof UsageError ? `${error.message}\n\n${USAGE}` : (error as Error).message);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

async function setUp(urlDir: string | undefined): Promise<void> {
  loadSettingsFile();
  const { DATABASE_URL: adminUrl, MERCHANTS_SCHEMA: merchantsSchema } = process.env;
  if (!adminUrl) throw new Error("DATABASE_URL is missing: set it to an administrator's connection");
  const credentials = readCredentialsFromEnvironment(process.env);
  const urls = await setUpDatabase({ adminUrl, credentials, merchantsSchema: merchantsSchema || undefined });
  console.log(`roles, schemas and merchant ${credentials.merchantId} are in place`);
  if (urlDir === undefined) return;
  mkdirSync(urlDir, { recursive: true });
  for (const [service, url] of Object.entries(urls)) {
    writeFileSync(path.join(urlDir, `${service}.database-url`), `${url}\n`, { mode: FILE_MODE });
  }
}
