import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ConfigError } from '../config/configuration.ts';
import { Log } from '../logs/log.ts';
import { createService, type ServiceOptions } from './create-service.ts';
import { ServiceLifetime } from './lifetime.ts';
import { stopOnSignals } from './process-signals.ts';

/** sysexits.h: something was found in an unconfigured or misconfigured state. A supervisor need not try again. */
const EXIT_CONFIGURATION = 78;
const EXIT_FAILURE = 1;

/**
 * Runs a service: builds it, listens, starts its consumers, then says it is ready; stops it cleanly on SIGTERM and
 * SIGINT (exit code 0). Never rejects: what keeps it from starting is told in one line on standard error, and the
 * process ends with 78 for its configuration and 1 for anything else.
 *
 * @param options a function is called here, so that reading the configuration may throw ConfigError in it
 */
export async function runService(
  options: ServiceOptions | (() => ServiceOptions | Promise<ServiceOptions>),
): Promise<NestFastifyApplication> {
  let service = 'The service';
  let address = '';
  try {
    const chosen = typeof options === 'function' ? await options() : options;
    service = chosen.service;
    address = `${chosen.host}:${chosen.port}`;
    const app = await createService(chosen);
    const log = app.get(Log);
    stopOnSignals(app, log.for('Process'));
    await app.listen(chosen.port, chosen.host);
    await app.startAllMicroservices();
    app.get(ServiceLifetime).markStarted();
    log.info('The service is ready', {
      host: chosen.host,
      port: portOf(app),
      uptimeMs: Math.round(process.uptime() * 1000),
    });
    return app;
  } catch (error) {
    return endStart(`${service} cannot start: ${toOneLine(error, address)}`, error);
  }
}

/** The process ends here, whatever half-open connections are left. */
function endStart(line: string, error: unknown): never {
  process.stderr.write(`${line}\n`);
  process.exit(error instanceof ConfigError ? EXIT_CONFIGURATION : EXIT_FAILURE);
}

function portOf(app: NestFastifyApplication): number | undefined {
  const address = app.getHttpServer().address();
  return typeof address === 'object' && address !== null ? address.port : undefined;
}

function toOneLine(error: unknown, address: string): string {
  if (!(error instanceof Error)) {
    return 'an unknown error';
  }
  if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
    return `${address} is taken by another process: stop that one, or choose another port in the environment`;
  }
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return `${error.message}${cause}`.replaceAll(/\s*\n\s*/g, ' ');
}
