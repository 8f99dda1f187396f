import { type DynamicModule, Module } from '@nestjs/common';
import { IdentityModule, PeopleModule, toOidcSettings } from '@tollgate/identity';
import { MerchantsModule, PersistenceModule } from '@tollgate/persistence';
import { PlatformModule } from '@tollgate/platform';
import type { ConsoleSettings } from './console.config.ts';
import { FiguresController } from './figures/figures.controller.ts';
import { WatchServicesJob } from './figures/watch-services.job.ts';
import { WatchSettings } from './figures/watch-settings.types.ts';
import { PageFiles } from './pages/page-files.service.ts';
import { PageController } from './pages/page.controller.ts';
import { ForwardCallHandler } from './proxy/forward-call.handler.ts';
import { ProxyController } from './proxy/proxy.controller.ts';
import { ServiceAddresses } from './proxy/service-addresses.types.ts';
import { ServicesClient } from './proxy/services.client.ts';

/** The console's wiring: the page, people's sessions, the way from the page to the services, and the overview's figures. */
@Module({})
export class ConsoleModule {
  static forRoot(settings: ConsoleSettings): DynamicModule {
    const origins = {
      intake: settings.INTAKE_URL,
      risk: settings.RISK_URL,
      approvals: settings.APPROVALS_URL,
      gateway: settings.GATEWAY_URL,
      ledger: settings.LEDGER_URL,
    };
    return {
      module: ConsoleModule,
      imports: [
        PlatformModule.forRoot({ service: 'console', settings }),
        PersistenceModule.forRoot({
          service: 'console',
          databaseUrl: settings.DATABASE_URL,
          schema: settings.DATABASE_SCHEMA,
          // People and their sessions are the identity schema's; the console itself keeps nothing.
          migrations: [],
        }),
        MerchantsModule.forRoot({ masterKey: settings.TOLLGATE_MASTER_KEY, schema: settings.MERCHANTS_SCHEMA }),
        IdentityModule.forRoot({ schema: settings.IDENTITY_SCHEMA }),
        PeopleModule.forRoot({
          publicUrl: new URL(settings.CONSOLE_PUBLIC_URL ?? `http://127.0.0.1:${settings.CONSOLE_PORT}`),
          masterKey: settings.TOLLGATE_MASTER_KEY,
          oidc: toOidcSettings(settings),
        }),
      ],
      controllers: [PageController, ProxyController, FiguresController],
      providers: [
        PageFiles,
        { provide: ServiceAddresses, useValue: { of: origins } satisfies ServiceAddresses },
        ServicesClient,
        ForwardCallHandler,
        {
          provide: WatchSettings,
          useValue: { origins, operatorToken: settings.TOLLGATE_OPERATOR_TOKEN } satisfies WatchSettings,
        },
        WatchServicesJob,
      ],
    };
  }
}
