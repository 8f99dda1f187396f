import 'reflect-metadata';
import { runService } from '@tollgate/platform';
import { readConsoleConfig } from './console.config.ts';
import { ConsoleModule } from './console.module.ts';

await runService(() => {
  const settings = readConsoleConfig();
  return {
    service: 'console',
    module: ConsoleModule.forRoot(settings),
    host: settings.HOST,
    port: settings.CONSOLE_PORT,
    trustedProxies: settings.CONSOLE_TRUSTED_PROXIES,
    openApi: {
      title: 'Tollgate console',
      description: 'The page for reviewers and operators, their sessions, and the way from the page to the services.',
    },
  };
});
