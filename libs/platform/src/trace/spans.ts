import type { Span, SpanAttributes } from './trace-context.ts';

/** What a span is made from. */
export interface SpanStart {
  readonly kind: 'server' | 'client' | 'consumer' | 'internal';
  /** The `traceparent` of the span above; without a valid one the span begins a trace. */
  readonly parent?: string | undefined;
  /** `traceparent`s of spans in other traces that belong to this one. */
  readonly links?: readonly string[];
  readonly attributes?: SpanAttributes;
}

/** Makes spans; there is one while traces are exported. */
export interface SpanSource {
  start(name: string, options: SpanStart): Span;
}

let source: SpanSource | undefined;

/**
 * Where spans come from; undefined in a process that exports no traces, which is the default. Hot paths write
 * `activeSpans()?.start(…)`, so that not even the arguments are made then.
 */
export function activeSpans(): SpanSource | undefined {
  return source;
}

/** Turns spans on, or off again. */
export function setActiveSpans(spans: SpanSource | undefined): void {
  source = spans;
}
