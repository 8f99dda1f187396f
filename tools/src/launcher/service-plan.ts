import path from 'node:path';

import type { Credentials } from './credentials.ts';
import type { LauncherSettings } from './launcher.config.ts';
import { ROOT } from '../settings-file.ts';

/** The services with a database role and schema of their own. */
export const DATABASE_SERVICES = ['intake', 'risk', 'gateway', 'ledger'] as const;

export interface ServicePlan {
  app: string;
  port: number;
  /** The variable that moves the port. */
  portVariable: string;
  /** Absolute path of its compiled entry. */
  entry: string;
  /** Its whole environment. */
  environment: NodeJS.ProcessEnv;
}

/** Known to the launcher, handed only to the services that need them. */
const WITHHELD = [
  'DATABASE_URL',
  'DATABASE_SCHEMA',
  'MERCHANT_ID',
  'INTAKE_API_KEY',
  'PRIMER_API_KEY',
  'PRIMER_WEBHOOK_SECRET',
  'PORT',
];

/**
 * Every service to run, the emulator only when Primer's address is not given, and the environment of each: what the
 * launcher was given, less the secrets that are not its business.
 */
export function planServices({
  settings,
  credentials,
  databaseUrls,
  brokers,
  dataDir,
  environment,
}: {
  settings: LauncherSettings;
  credentials: Credentials;
  /** By app. */
  databaseUrls: Readonly<Record<string, string>>;
  brokers: string;
  dataDir: string;
  environment: NodeJS.ProcessEnv;
}): ServicePlan[] {
  const primerUrl = settings.PRIMER_API_URL ?? `http://${connectHost(settings.HOST)}:${settings.SANDBOX_PORT}`;
  const shared = {
    ...Object.fromEntries(Object.entries(environment).filter(([name]) => !WITHHELD.includes(name))),
    NODE_ENV: 'production',
    NODE_COMPILE_CACHE: path.join(ROOT, 'node_modules/.cache/tollgate/compiled'),
    HOST: settings.HOST,
    TOLLGATE_OPERATOR_TOKEN: credentials.operatorToken,
  };
  const withBackends = (app: string): NodeJS.ProcessEnv => ({
    ...shared,
    TOLLGATE_MASTER_KEY: credentials.masterKey,
    DATABASE_URL: databaseUrls[app],
    KAFKA_BROKERS: brokers,
    PRIMER_API_URL: primerUrl,
  });
  const emulator = plan('sandbox', settings.SANDBOX_PORT, {
    ...shared,
    MERCHANT_ID: credentials.merchantId,
    PRIMER_API_KEY: credentials.primerApiKey,
    PRIMER_WEBHOOK_SECRET: credentials.webhookSecret,
    SANDBOX_DATA_FILE: path.join(dataDir, 'sandbox', 'sandbox.sqlite'),
    SANDBOX_WEBHOOK_URL: `http://${connectHost(settings.HOST)}:${settings.LEDGER_PORT}/webhooks/primer/${encodeURIComponent(credentials.merchantId)}`,
  });
  return [
    ...(settings.PRIMER_API_URL === undefined ? [emulator] : []),
    plan('intake', settings.INTAKE_PORT, withBackends('intake')),
    plan('risk', settings.RISK_PORT, withBackends('risk')),
    plan('gateway', settings.GATEWAY_PORT, withBackends('gateway')),
    plan('ledger', settings.LEDGER_PORT, withBackends('ledger')),
  ];
}

/** Where the services of an installation are, for its clients on this machine. */
export function toAddresses(settings: LauncherSettings): Record<'intake' | 'gateway' | 'ledger' | 'sandbox', string> {
  const origin = (port: number): string => `http://${connectHost(settings.HOST)}:${port}`;
  return {
    intake: origin(settings.INTAKE_PORT),
    gateway: origin(settings.GATEWAY_PORT),
    ledger: origin(settings.LEDGER_PORT),
    sandbox: origin(settings.SANDBOX_PORT),
  };
}

/** Where a client on this machine reaches a server that listens on `host`. */
export function connectHost(host: string): string {
  return host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
}

function plan(app: string, port: number, environment: NodeJS.ProcessEnv): ServicePlan {
  const portVariable = `${app.toUpperCase()}_PORT`;
  return {
    app,
    port,
    portVariable,
    entry: path.join(ROOT, 'apps', app, 'dist', 'main.js'),
    environment: { ...environment, [portVariable]: String(port) },
  };
}
