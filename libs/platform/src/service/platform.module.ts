import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_PIPE, ModuleRef } from '@nestjs/core';
import { API_KEY_LOOKUP, Authenticator, type ApiKeyLookup } from '../auth/authenticator.ts';
import type { PlatformSettings } from '../config/platform.config.ts';
import { armFailpoints } from '../failpoints/failpoint.ts';
import { HealthController } from '../health/health.controller.ts';
import { Readiness } from '../health/readiness.ts';
import { ProblemFilter } from '../http/problem.filter.ts';
import { RequestsInHand } from '../http/requests-in-hand.ts';
import { SchemaValidationPipe } from '../http/schema-validation.pipe.ts';
import { Log, type LogOptions } from '../logs/log.ts';
import { Metrics } from '../metrics/metrics.ts';
import { MetricsController } from '../metrics/metrics.controller.ts';
import { TraceExport } from '../trace/trace-export.ts';
import { toTraceSettings } from '../trace/trace-settings.config.ts';
import { findProviders } from './find-providers.ts';
import { ServiceLifetime } from './lifetime.ts';

export interface PlatformOptions {
  /** The app's name, as in logs and metrics. */
  readonly service: string;
  /** The app's settings: at least the platform's own. What looks like a secret among them is kept out of the log. */
  readonly settings: PlatformSettings;
  /** Requests of counted routes that may be in hand at once; unlimited by default. */
  readonly requestsInHandMax?: number;
  /** False: spans are never exported, whatever the environment says. */
  readonly tracesMayLeave?: boolean;
  /** Where log lines go; standard output unless a test reads them. */
  readonly logDestination?: LogOptions['destination'];
}

/** What every service has: log, metrics, probes, keys, problem answers, validation. Global; imported once by the app. */
@Module({})
export class PlatformModule {
  static forRoot({
    service,
    settings,
    requestsInHandMax,
    tracesMayLeave,
    logDestination,
  }: PlatformOptions): DynamicModule {
    if (settings.TOLLGATE_FAILPOINTS !== undefined) {
      armFailpoints(settings.TOLLGATE_FAILPOINTS);
    }
    return {
      module: PlatformModule,
      global: true,
      controllers: [HealthController, MetricsController],
      providers: [
        {
          provide: Log,
          useFactory: () =>
            Log.create({
              service,
              level: settings.LOG_LEVEL,
              secrets: secretsOf(settings),
              destination: logDestination,
            }),
        },
        { provide: Metrics, useFactory: () => new Metrics(service) },
        {
          provide: RequestsInHand,
          useFactory: (metrics: Metrics) => new RequestsInHand(requestsInHandMax, metrics),
          inject: [Metrics],
        },
        {
          provide: TraceExport,
          useFactory: () =>
            TraceExport.start(service, tracesMayLeave === false ? undefined : toTraceSettings(settings)),
        },
        { provide: ServiceLifetime, useFactory: () => new ServiceLifetime() },
        {
          provide: Readiness,
          useFactory: (lifetime: ServiceLifetime, log: Log) => new Readiness(lifetime, log.for('Readiness')),
          inject: [ServiceLifetime, Log],
        },
        {
          provide: Authenticator,
          // The lookup belongs to a module that stands on this one, so it is found when the first key arrives.
          useFactory: (modules: ModuleRef) =>
            new Authenticator(
              settings.TOLLGATE_OPERATOR_TOKEN,
              () => findProviders<ApiKeyLookup>(modules, API_KEY_LOOKUP)[0],
            ),
          inject: [ModuleRef],
        },
        { provide: ProblemFilter, useFactory: (log: Log) => new ProblemFilter(log.for('Http')), inject: [Log] },
        { provide: APP_FILTER, useExisting: ProblemFilter },
        { provide: APP_PIPE, useFactory: () => new SchemaValidationPipe() },
      ],
      exports: [Log, Metrics, ServiceLifetime, Readiness, Authenticator, ProblemFilter],
    };
  }
}

/** Settings are secret by their names; a URL's password is one too. */
function secretsOf(settings: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => {
    if (typeof value !== 'string') {
      return [];
    }
    const password = /:\/\/[^\s/:@]*:([^\s/@]+)@/.exec(value)?.[1];
    return [
      ...(/(?:TOKEN|KEY|SECRET|PASSWORD)$/.test(name) ? [value] : []),
      ...(password === undefined ? [] : [password]),
    ];
  });
}
