/** What a service of a comparison column is told, by its environment. */
export interface ServiceSettings {
  readonly databaseUrl: string;
  readonly brokers: readonly string[];
  readonly topicPrefix: string;
  readonly providerUrl: string;
  readonly webhookSecret: string;
  readonly apiKey: string;
  /** Of services with HTTP. */
  readonly port: number;
}

/** Passed in one variable, as JSON. */
const VARIABLE = 'BENCH_SERVICE_SETTINGS';

export function toEnvironment(settings: ServiceSettings): NodeJS.ProcessEnv {
  return { [VARIABLE]: JSON.stringify(settings), NODE_ENV: 'production' };
}

export function readServiceSettings(): ServiceSettings {
  return JSON.parse(process.env[VARIABLE] ?? '') as ServiceSettings;
}

/** Tells the benchmark that the service serves; it ends when it is asked to, or when the benchmark is gone. */
export function announceReady(stop: () => Promise<void>): void {
  process.once('SIGTERM', () => void stop().then(() => process.exit(0)));
  process.on('disconnect', () => process.exit(1));
  process.send?.('ready');
}
