/** Where a piece of work belongs: the W3C trace context it runs in. */
export interface TraceContext {
  /** `00-<trace id>-<span id>-<flags>`, as it is sent on to the next hop. */
  readonly traceparent: string;
  /** 32 hex digits; the `x-request-id` of answers and the `traceId` of logs and problem bodies. */
  readonly traceId: string;
  /** The span that is reported about this work; undefined while no traces are exported. */
  readonly span?: Span;
}

/** What a span may say: ids, names, numbers. Never a secret, a token, card data or a body. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** A piece of work that is reported when it ends; one that never ends is never reported. */
export interface Span {
  /** The context that this span's work goes on with. */
  readonly context: TraceContext;
  set(attributes: SpanAttributes): void;
  /** @param failure a code or a kind of error, when the work failed: never a message, which may quote values */
  end(failure?: string): void;
}
