import type { TraceContext } from './traceparent.ts';

/** What a span may say: ids, names, numbers. Never a secret, a token, card data or a body. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

export interface SpanStart {
  readonly kind: 'server' | 'client' | 'consumer' | 'internal';
  /** The `traceparent` of the span above; without a valid one the span begins a trace. */
  readonly parent?: string | undefined;
  /** `traceparent`s of spans in other traces that belong to this one. */
  readonly links?: readonly string[];
  readonly attributes?: SpanAttributes;
}

/** A piece of work that is reported when it ends; one that never ends is never reported. */
export interface Span {
  /** The context that this span's work goes on with. */
  readonly context: TraceContext;
  set(attributes: SpanAttributes): void;
  /** @param failure a code or a kind of error, when the work failed: never a message, which may quote values */
  end(failure?: string): void;
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
