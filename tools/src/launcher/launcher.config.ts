import { readConfig } from '@tollgate/platform';
import { z } from 'zod';

const port = z.coerce.number().int().min(1).max(65_535);

const launcherFields = z.object({
  HOST: z.string().default('127.0.0.1').describe('the address every service listens on'),
  CONSOLE_PORT: port.default(4000),
  INTAKE_PORT: port.default(4001),
  RISK_PORT: port.default(4002),
  APPROVALS_PORT: port.default(4003),
  GATEWAY_PORT: port.default(4004),
  LEDGER_PORT: port.default(4005),
  SANDBOX_PORT: port.default(4010),
  POSTGRES_PORT: port.default(4032).describe('port of the PostgreSQL that the launcher starts'),
  KAFKA_PORT: port.default(4092).describe('port of the Kafka that the launcher starts'),
  PRIMER_API_URL: z.url().optional().describe("Primer's address; absent: the emulator is started"),
  PRIMER_API_KEY: z.string().optional().describe('the API key of the Primer at PRIMER_API_URL'),
  PRIMER_WEBHOOK_SECRET: z.string().optional().describe('the webhook signing secret of the Primer at PRIMER_API_URL'),
  CONSOLE_PUBLIC_URL: z.url().optional(),
  MERCHANTS_SCHEMA: z.string().optional(),
  IDENTITY_SCHEMA: z.string().optional(),
});

/** A stand-in for Primer on this machine reads the same credentials file as everybody else here. */
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** Secrets made at random fit nobody elsewhere: a real Primer would refuse them once the first shopper waits. */
const launcherSettings = launcherFields.superRefine((settings, context) => {
  if (settings.PRIMER_API_URL === undefined || LOOPBACK.test(new URL(settings.PRIMER_API_URL).hostname)) return;
  for (const variable of ['PRIMER_API_KEY', 'PRIMER_WEBHOOK_SECRET'] as const) {
    if (settings[variable] === undefined) context.addIssue({ code: 'custom', path: [variable], message: 'missing' });
  }
});

/** What the launcher itself reads from the environment; everything else is handed on to the services. */
export type LauncherSettings = Readonly<z.output<typeof launcherSettings>>;

/** @throws ConfigError naming every variable that is wrong */
export function readLauncherSettings(environment: NodeJS.ProcessEnv): LauncherSettings {
  return readConfig(launcherSettings, environment);
}
