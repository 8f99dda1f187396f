import type { OnApplicationShutdown } from '@nestjs/common';
import type { TraceSettings } from './trace-settings.config.ts';
import { setActiveSpans } from './spans.ts';

/** A collector that is away must not keep a process from ending. Milliseconds. */
const FLUSH_MS = 2_000;

/** The export of a service's spans, from its start to its stop. Does nothing, and loads nothing, unless it is asked for. */
export class TraceExport implements OnApplicationShutdown {
  private constructor(private readonly flush: (() => Promise<void>) | undefined) {}

  /** @param settings undefined: off */
  static async start(service: string, settings: TraceSettings | undefined): Promise<TraceExport> {
    if (settings === undefined) {
      return new TraceExport(undefined);
    }
    // The SDK is loaded by those who use it: it would cost every other process memory and start-up time.
    const { startOpenTelemetry } = await import('./open-telemetry.ts');
    const { spans, shutdown } = startOpenTelemetry(service, settings);
    setActiveSpans(spans);
    return new TraceExport(shutdown);
  }

  /** Ships what is left, after consumers and requests have ended. */
  async onApplicationShutdown(): Promise<void> {
    if (this.flush === undefined) {
      return;
    }
    setActiveSpans(undefined);
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, FLUSH_MS);
    await Promise.race([this.flush().catch(() => undefined), late]);
    clearTimeout(timer);
  }
}
