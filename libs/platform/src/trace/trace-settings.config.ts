import { z } from 'zod';

const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

/**
 * OpenTelemetry's standard variables, as far as the export of traces goes by them. The exporter itself reads the other
 * `OTEL_EXPORTER_OTLP_*` (headers, time-outs, certificates).
 */
export const traceEnvironment = z.object({
  OTEL_SDK_DISABLED: z.enum(['true', 'false']).optional(),
  OTEL_TRACES_EXPORTER: z
    .enum(['otlp', 'none'])
    .optional()
    .describe('otlp or none; not set: otlp when an OTLP endpoint is set, else none'),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional().describe('the collector, OTLP over HTTP with JSON'),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: z.url().optional().describe('the same for traces alone, with its whole path'),
  OTEL_TRACES_SAMPLER: z.enum(SAMPLERS).optional().describe('which traces are exported; default parentbased_always_on'),
  OTEL_TRACES_SAMPLER_ARG: z.coerce
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('share of traces, for the ratios; default 1'),
  OTEL_BSP_SCHEDULE_DELAY: z.coerce
    .number()
    .int()
    .min(1)
    .optional()
    .describe('between two exports; milliseconds, default 5,000'),
});

/** How traces are exported. */
export interface TraceSettings {
  readonly sampler: (typeof SAMPLERS)[number];
  /** 0 to 1; of the ratio samplers. */
  readonly ratio: number;
  readonly exportIntervalMs: number;
}

/** @returns undefined when traces are not exported: by default, and whenever nobody has named a collector */
export function toTraceSettings(environment: z.output<typeof traceEnvironment>): TraceSettings | undefined {
  const endpoint = environment.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? environment.OTEL_EXPORTER_OTLP_ENDPOINT;
  const exporter = environment.OTEL_TRACES_EXPORTER ?? (endpoint === undefined ? 'none' : 'otlp');
  if (exporter === 'none' || environment.OTEL_SDK_DISABLED === 'true') {
    return undefined;
  }
  return {
    sampler: environment.OTEL_TRACES_SAMPLER ?? 'parentbased_always_on',
    ratio: environment.OTEL_TRACES_SAMPLER_ARG ?? 1,
    exportIntervalMs: environment.OTEL_BSP_SCHEDULE_DELAY ?? 5_000,
  };
}
