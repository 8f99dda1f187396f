import { dirname, join, relative } from 'node:path';
import { platformSettings, portNumber, readConfig } from '@tollgate/platform';
import { z } from 'zod';
import { readOrMakeKeys } from './standalone/standalone-keys.store.ts';
import { KEY_SCOPES } from './tenants/key-scope.policy.ts';
import type { LimitedKey } from './tenants/tenant.service.ts';

/** Primer waits this long for the answer to a webhook. */
const WEBHOOK_TIMEOUT_MS = 10_000;

const SCOPED_KEY_PATTERN = /^(?<apiKey>[^=,\s]{8,})=(?<scopes>[^=,\s]+)$/;

/** Reads `key=scope+scope,key=scope`. */
const limitedKeysSchema = z.string().transform((text, context): LimitedKey[] =>
  text.split(',').map((part) => {
    const { apiKey = '', scopes = '' } = SCOPED_KEY_PATTERN.exec(part.trim())?.groups ?? {};
    const listed = z.array(z.enum(KEY_SCOPES)).safeParse(scopes.split('+'));
    if (apiKey === '' || !listed.success) {
      context.addIssue({
        code: 'custom',
        message: `must be key=scope+scope,… with scopes among ${KEY_SCOPES.join(', ')}`,
      });
    }
    return { apiKey, scopes: listed.data ?? [] };
  }),
);

/** What the emulator reads from its environment. */
export const sandboxSettings = platformSettings.extend({
  SANDBOX_PORT: portNumber.default(4010).describe('the port the emulator listens on'),
  SANDBOX_DATA_FILE: z.string().min(1).describe('the SQLite file that holds all the emulator knows'),
  SANDBOX_WEBHOOK_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('where webhooks are sent; without it none are'),
  SANDBOX_WEBHOOK_TIMEOUT_MS: z.coerce
    .number()
    .pipe(z.int().min(1))
    .default(WEBHOOK_TIMEOUT_MS)
    .describe('how long an answer to a webhook is awaited'),
  PRIMER_API_KEY: z.string().min(8).describe('the X-API-KEY that callers must present'),
  PRIMER_WEBHOOK_SECRET: z.string().min(8).describe('the secret that webhooks are signed with'),
  SANDBOX_SHOP_INTAKE_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('where the shop at /shop posts its attempts; without it the page says what to set'),
  SANDBOX_SHOP_INTAKE_API_KEY: z.string().min(16).optional().describe('the key that the shop presents to intake'),
  SANDBOX_LIMITED_API_KEYS: limitedKeysSchema
    .optional()
    .describe('further keys of the same merchant with the scopes that each has: key=scope+scope,key=scope'),
  SANDBOX_SECOND_API_KEY: z
    .string()
    .min(16)
    .optional()
    .describe('the X-API-KEY of a second tenant, to see that tenants are kept apart'),
});
export type SandboxSettings = Readonly<z.output<typeof sandboxSettings>>;

/** @throws ConfigError naming what is missing */
export function readSandboxConfig(environment: NodeJS.ProcessEnv = process.env): SandboxSettings {
  return readConfig(sandboxSettings, environment);
}

/** Where an emulator by itself keeps its data, under the root of the repository. */
const STANDALONE_DATA_FILE = join(import.meta.dirname, '../../..', '.tollgate', 'emulator', 'sandbox.sqlite');

/**
 * The settings of an emulator that runs by itself: what the environment says, and beyond that secrets that were made up
 * for it, in a file beside its data.
 *
 * @returns with them the file with the secrets, as seen from the working directory
 * @throws ConfigError naming what is wrong
 */
export function readStandaloneConfig(environment: NodeJS.ProcessEnv = process.env): {
  readonly settings: SandboxSettings;
  readonly keysFile: string;
} {
  const dataFile = environment['SANDBOX_DATA_FILE'] || STANDALONE_DATA_FILE;
  const keysFile = join(dirname(dataFile), 'keys.env');
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const settings = readSandboxConfig({ ...readOrMakeKeys(keysFile), ...given, SANDBOX_DATA_FILE: dataFile });
  return { settings, keysFile: relative('', keysFile) };
}
