import {
  type Link,
  ROOT_CONTEXT,
  type Span as OtelSpan,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { SpanSource, SpanStart } from './spans.ts';
import type { Span, SpanAttributes, TraceContext } from './trace-context.ts';
import type { TraceSettings } from './trace-settings.config.ts';
import { readTraceparent } from './traceparent.ts';

/** Spans that wait for their export; more are dropped, so that a collector that is away costs no memory. */
const QUEUE_MAX = 8_192;
/** A batch span links the events of its batch, of which there are 500 at most. */
const LINKS_MAX = 512;

const KINDS = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
} as const;

/**
 * Starts OpenTelemetry's SDK with an exporter for OTLP over HTTP. Neither its global registry nor its context
 * propagation is used: what travels is the `traceparent` that requests and events carry anyway.
 */
export function startOpenTelemetry(
  service: string,
  settings: TraceSettings,
): { spans: SpanSource; shutdown: () => Promise<void> } {
  const provider = new TracerProvider({
    // The environment's own attributes, but never its service.name: several services share one environment.
    resource: defaultResource()
      .merge(detectResources({ detectors: [envDetector] }))
      .merge(resourceFromAttributes({ 'service.name': `tollgate-${service}`, 'service.namespace': 'tollgate' })),
    sampler: toSampler(settings),
    spanLimits: { linkCountLimit: LINKS_MAX },
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: new OTLPTraceExporter(),
        maxQueueSize: QUEUE_MAX,
        scheduledDelayMillis: settings.exportIntervalMs,
      }),
    ],
  });
  const tracer = provider.getTracer('tollgate');
  return {
    spans: { start: (name, options) => new OpenTelemetrySpan(startSpan(tracer, name, options)) },
    shutdown: () => provider.shutdown(),
  };
}

class OpenTelemetrySpan implements Span {
  readonly context: TraceContext;

  constructor(private readonly span: OtelSpan) {
    const { traceId, spanId, traceFlags } = span.spanContext();
    const flags = traceFlags.toString(16).padStart(2, '0');
    this.context = { traceId, traceparent: `00-${traceId}-${spanId}-${flags}`, span: this };
  }

  set(attributes: SpanAttributes): void {
    this.span.setAttributes(attributes);
  }

  end(failure?: string): void {
    if (failure !== undefined) {
      this.span.setStatus({ code: SpanStatusCode.ERROR, message: failure });
    }
    this.span.end();
  }
}

function startSpan(tracer: Tracer, name: string, { kind, parent, links, attributes }: SpanStart): OtelSpan {
  const above = toSpanContext(parent);
  return tracer.startSpan(
    name,
    { kind: KINDS[kind], links: (links ?? []).flatMap(toLink), ...(attributes === undefined ? {} : { attributes }) },
    above === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, above),
  );
}

function toLink(traceparent: string): Link[] {
  const context = toSpanContext(traceparent);
  return context === undefined ? [] : [{ context }];
}

function toSpanContext(traceparent: string | undefined): SpanContext | undefined {
  const read = readTraceparent(traceparent);
  return read === undefined ? undefined : { ...read, isRemote: true };
}

function toSampler({ sampler, ratio }: TraceSettings): Sampler {
  const root = sampler.endsWith('always_on')
    ? new AlwaysOnSampler()
    : sampler.endsWith('always_off')
      ? new AlwaysOffSampler()
      : new TraceIdRatioBasedSampler(ratio);
  return sampler.startsWith('parentbased_') ? new ParentBasedSampler({ root }) : root;
}
