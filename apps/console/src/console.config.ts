import { oidcEnvironment } from '@tollgate/identity';
import { platformSettings, portNumber, readConfig } from '@tollgate/platform';
import { z } from 'zod';

const serviceUrl = (port: number, service: string) =>
  z.url().default(`http://127.0.0.1:${port}`).describe(`where the console finds ${service}`);

/** Addresses and networks (CIDR), comma separated. */
const networks = z
  .string()
  .default('')
  .transform((text) => text.split(',').flatMap((part) => part.trim() || []))
  .pipe(z.array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], { error: 'an address or a network expected' })));

/** What the console reads from its environment. */
export const consoleSettings = platformSettings.extend(oidcEnvironment.shape).extend({
  CONSOLE_PORT: portNumber.default(4000).describe('the port the console listens on'),
  CONSOLE_PUBLIC_URL: z
    .url()
    .optional()
    .describe('the address under which browsers know the page; default: its port on 127.0.0.1'),
  CONSOLE_TRUSTED_PROXIES: networks.describe(
    'proxies that are believed where a sign-in comes from: addresses or networks, comma separated',
  ),
  DATABASE_URL: z.string().min(1).describe("the connection of the console's own database role"),
  DATABASE_SCHEMA: z.string().default('console').describe("the console's schema, which stays empty"),
  MERCHANTS_SCHEMA: z.string().default('merchants').describe('the schema of the merchants table'),
  IDENTITY_SCHEMA: z.string().default('identity').describe('the schema of keys and people'),
  TOLLGATE_MASTER_KEY: z.string().min(1).describe('32 random bytes in base64; the launcher makes them at first start'),
  INTAKE_URL: serviceUrl(4001, 'intake'),
  RISK_URL: serviceUrl(4002, 'risk'),
  APPROVALS_URL: serviceUrl(4003, 'approvals'),
  GATEWAY_URL: serviceUrl(4004, 'gateway'),
  LEDGER_URL: serviceUrl(4005, 'ledger'),
});
export type ConsoleSettings = Readonly<z.output<typeof consoleSettings>>;

/** @throws ConfigError naming what is missing */
export function readConsoleConfig(environment: NodeJS.ProcessEnv = process.env): ConsoleSettings {
  return readConfig(consoleSettings, environment);
}
