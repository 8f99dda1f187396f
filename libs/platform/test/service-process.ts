/**
 * A service as its own process, for the tests of starting and stopping. Run by Node itself, which strips types but
 * knows no decorators: they are applied by hand.
 */
import { Controller, Get, Module } from '@nestjs/common';
import {
  OpenRoute,
  PlatformModule,
  platformSettings,
  portNumber,
  readConfig,
  runService,
  type PlatformSettings,
} from '@tollgate/platform';

class Behaviours {
  private release: () => void = () => undefined;

  async wait(): Promise<string> {
    process.stderr.write('waiting\n');
    await new Promise<void>((resolve) => {
      this.release = resolve;
    });
    return 'waited';
  }

  async hang(): Promise<never> {
    process.stderr.write('hanging\n');
    return new Promise<never>(() => undefined);
  }

  throwLater(): string {
    setImmediate(() => {
      throw new Error('nobody catches this');
    });
    return 'thrown';
  }

  rejectLater(): string {
    void Promise.reject(new Error('nobody catches this'));
    return 'rejected';
  }

  warn(): string {
    process.emitWarning('-1 is a negative number', 'TimeoutNegativeWarning');
    process.emitWarning('Something is deprecated', 'DeprecationWarning');
    return 'warned';
  }

  onModuleDestroy(): void {
    // The stop has begun: what waits may go, and is still answered.
    this.release();
  }
}

Controller()(Behaviours);
for (const name of ['wait', 'hang', 'throwLater', 'rejectLater', 'warn'] as const) {
  const descriptor = Object.getOwnPropertyDescriptor(Behaviours.prototype, name) as TypedPropertyDescriptor<unknown>;
  Get(name)(Behaviours.prototype, name, descriptor);
  OpenRoute('a process of a test')(Behaviours.prototype, name, descriptor);
}

// oxlint-disable-next-line typescript/no-extraneous-class -- a Nest module, decorated by hand on the next line
class ProcessModule {}
Module({ controllers: [Behaviours] })(ProcessModule);

function toModule(settings: PlatformSettings) {
  return { module: ProcessModule, imports: [PlatformModule.forRoot({ service: 'process', settings })] };
}

await runService(() => {
  const settings = readConfig(platformSettings.extend({ PORT: portNumber.describe('the port of this process') }));
  return { service: 'process', module: toModule(settings), host: settings.HOST, port: settings.PORT };
});
