import { WorkerProcess } from '../machine/worker-process.ts';
import type { StubQuestion, StubSightings } from './stub-provider.types.ts';

/** The stub provider's process. */
export class StubProvider {
  private constructor(
    private readonly worker: WorkerProcess<StubQuestion, unknown>,
    readonly url: string,
  ) {}

  static async start(): Promise<StubProvider> {
    const worker = new WorkerProcess<StubQuestion, unknown>('provider/stub-provider.main.js');
    return new StubProvider(worker, (await worker.ask({ kind: 'listen' })) as string);
  }

  get pid(): number {
    return this.worker.pid;
  }

  /** Where webhooks go from now on; what was seen before is forgotten. */
  async aim(webhookUrl: string, webhookSecret: string): Promise<void> {
    await this.worker.ask({ kind: 'aim', webhookUrl, webhookSecret });
  }

  /** What it saw since the last time it was asked. */
  async collect(): Promise<StubSightings> {
    return (await this.worker.ask({ kind: 'collect' })) as StubSightings;
  }

  async stop(): Promise<void> {
    await this.worker.stop();
  }
}
