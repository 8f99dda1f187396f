import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { readCredentialsFromEnvironment, readOrMakeKeys } from './launcher/credentials.ts';
import { secretsOf, SERVICES } from './launcher/service-plan.ts';
import { setUpDatabase } from './launcher/set-up-database.command.ts';
import { UsageError, parse } from './launcher/start-options.ts';
import { loadSettingsFile } from './settings-file.ts';

const USAGE = `usage: npm run setup -- [--data-dir DIR]

  Prepares the PostgreSQL that DATABASE_URL names (an administrator's connection): each service's role and schema,
  and the merchant that MERCHANT_ID, INTAKE_API_KEY, PRIMER_API_KEY and PRIMER_WEBHOOK_SECRET describe. Run it before
  services that are not started by "npm start"; running it again changes the merchant's keys,
  and its settings where MERCHANT_SETTINGS gives them.

  --data-dir DIR    credentials that the environment does not give are kept in DIR/credentials.json, made at random if
                    missing; each service's secrets, its DATABASE_URL among them, are written to DIR/<service>.env`;

const SECRETS_MODE = 0o600;

try {
  const { 'data-dir': dataDir, help } = parse(process.argv.slice(2), {
    'data-dir': { type: 'string' },
    help: { type: 'boolean', default: false },
  });
  if (help) console.log(USAGE);
  else await setUp(dataDir);
} catch (error) {
  console.error(error instanceof UsageError ? `${error.message}\n\n${USAGE}` : (error as Error).message);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

async function setUp(dataDir: string | undefined): Promise<void> {
  loadSettingsFile();
  const { DATABASE_URL: adminUrl, MERCHANTS_SCHEMA: merchantsSchema, IDENTITY_SCHEMA: identitySchema } = process.env;
  if (!adminUrl) throw new Error("DATABASE_URL is missing: set it to an administrator's connection");
  if (dataDir !== undefined) mkdirSync(dataDir, { recursive: true });
  const credentials =
    dataDir === undefined
      ? readCredentialsFromEnvironment(process.env)
      : readOrMakeKeys(path.join(dataDir, 'credentials.json'), process.env);
  const databaseUrls = await setUpDatabase({
    adminUrl,
    credentials,
    merchantsSchema: merchantsSchema || undefined,
    identitySchema: identitySchema || undefined,
    merchantSettingsText: process.env['MERCHANT_SETTINGS'],
    makesPeople: false,
  });
  console.log(`roles, schemas and merchant ${credentials.merchantId} are in place`);
  if (dataDir === undefined) return;
  for (const app of SERVICES) {
    const secrets = Object.entries(secretsOf(app, credentials, databaseUrls));
    const text = secrets.map(([name, value]) => `${name}=${quoteForShell(value)}\n`).join('');
    writeFileSync(path.join(dataDir, `${app}.env`), text, { mode: SECRETS_MODE });
  }
}

function quoteForShell(value: string): string {
  return `'${value.replaceAll("'", String.raw`'\''`)}'`;
}
