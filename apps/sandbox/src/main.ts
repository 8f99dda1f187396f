import 'reflect-metadata';
import { runService } from '@tollgate/platform';
import { readSandboxConfig } from './sandbox.config.ts';
import { SandboxModule } from './sandbox.module.ts';

await runService(() => {
  const settings = readSandboxConfig();
  return {
    service: 'sandbox',
    module: SandboxModule.forRoot(settings),
    host: settings.HOST,
    port: settings.SANDBOX_PORT,
    openApi: {
      title: 'Primer emulator',
      description: "Primer's API v2.4 as an offline test double, with controls under /_sandbox.",
      open: true,
    },
  };
});
