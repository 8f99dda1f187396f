import { constants } from 'node:os';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Log } from '../logs/log.ts';
import { ServiceLifetime } from './lifetime.ts';

/** Requests in hand get this long to finish; then their connections are cut. What waits only is answered at once. */
const REQUESTS_CAP_MS = 4_000;
/** All of it takes less than the ten seconds after which supervisors kill; else the process ends uncleanly. */
const STOP_CAP_MS = 9_500;

/**
 * The client of the broker sets timers that Node 24 finds negative; harmless, and it would come by the thousand.
 * Every other warning of the process goes to the log instead of as plain text to standard error.
 */
const KNOWN_WARNINGS = new Set(['TimeoutNegativeWarning']);

/**
 * Ties the process to the application: the first SIGTERM or SIGINT stops it cleanly (readiness red, no new
 * connections, requests and consumers finish, modules close, exit 0), a second one ends it at once; an error that
 * nobody caught is logged and ends it with 1, since nobody knows what state it left.
 */
export function stopOnSignals(app: NestFastifyApplication, log: Log): void {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (app.get(ServiceLifetime).stopping.aborted) {
        process.exit(128 + constants.signals[signal]);
      }
      log.info('A stop was asked for', { signal });
      void stop(app, log);
    });
  }
  const die = (error: unknown) => {
    log.fatal('An error was caught by nobody; the process ends', { error });
    process.exit(1);
  };
  process.on('uncaughtException', die);
  process.on('unhandledRejection', die);
  logWarnings(log);
}

async function stop(app: NestFastifyApplication, log: Log): Promise<void> {
  const cut = setTimeout(() => {
    log.warn('Requests in hand did not finish in time; their connections are cut', { durationMs: REQUESTS_CAP_MS });
    app.getHttpServer().closeAllConnections();
  }, REQUESTS_CAP_MS);
  const end = setTimeout(() => {
    log.error('The service did not stop in time', { durationMs: STOP_CAP_MS });
    process.exit(1);
  }, STOP_CAP_MS);
  cut.unref();
  end.unref();
  try {
    app.get(ServiceLifetime).stop();
    await app.close();
    log.info('The service has stopped');
    process.exit(0);
  } catch (error) {
    log.error('The service did not stop cleanly', { error });
    process.exit(1);
  }
}

function logWarnings(log: Log): void {
  process.removeAllListeners('warning');
  process.on('warning', (warning) => {
    if (!KNOWN_WARNINGS.has(warning.name)) {
      log.warn('The runtime warns', { error: warning });
    }
  });
}
