import 'reflect-metadata';
import { runService } from '@tollgate/platform';
import { readGatewayConfig } from './gateway.config.ts';
import { GatewayModule } from './gateway.module.ts';

await runService(() => {
  const settings = readGatewayConfig();
  return {
    service: 'gateway',
    module: GatewayModule.forRoot(settings),
    host: settings.HOST,
    port: settings.GATEWAY_PORT,
    openApi: { title: 'Tollgate gateway', description: 'Carries decisions out at Primer, once. For operators.' },
  };
});
