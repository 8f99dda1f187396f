import { runService } from '@tollgate/platform';
import type { SandboxSettings } from './sandbox.config.ts';
import { SandboxModule } from './sandbox.module.ts';

/** Runs the emulator until the process is told to stop. */
export async function runSandbox(readSettings: () => SandboxSettings): Promise<void> {
  await runService(() => {
    const settings = readSettings();
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
}
