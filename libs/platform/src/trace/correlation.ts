import { AsyncLocalStorage } from 'node:async_hooks';
import type { TraceContext } from './trace-context.ts';
import { continueTrace } from './traceparent.ts';

const storage = new AsyncLocalStorage<TraceContext>();

/** The trace context of the work in hand; undefined outside any request or event. */
export function currentTrace(): TraceContext | undefined {
  return storage.getStore();
}

/** The `traceparent` to send on with calls and events; undefined outside any request or event. */
export function currentTraceparent(): string | undefined {
  return storage.getStore()?.traceparent;
}

/** The trace id of the work in hand, the one that answers carry as `x-request-id`. */
export function currentTraceId(): string | undefined {
  return storage.getStore()?.traceId;
}

/** Runs `work` in a trace context that exists already. */
export function runInTrace<T>(trace: TraceContext, work: () => T): T {
  return storage.run(trace, work);
}

/** Runs `work` as nobody's part: what serves many requests must not go by the trace of the one that began it. */
export function runOutsideTrace<T>(work: () => T): T {
  return storage.exit(work);
}

/** Runs `work` as a part of the trace of `traceparent`; starts a trace when that is absent or invalid. */
export function runWithTraceparent<T>(traceparent: string | undefined, work: () => T): T {
  return storage.run(continueTrace(traceparent), work);
}
