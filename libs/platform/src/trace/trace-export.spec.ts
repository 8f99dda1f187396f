import { afterEach, describe, expect, it } from '@jest/globals';
import { activeSpans, setActiveSpans } from './spans.ts';
import { TraceExport } from './trace-export.ts';
import { toTraceSettings, traceEnvironment } from './trace-settings.config.ts';

const settingsOf = (environment: Record<string, string>) => toTraceSettings(traceEnvironment.parse(environment));
const COLLECTOR = 'http://127.0.0.1:4318';

describe('traces', () => {
  it.each([
    ['by default', {}],
    ['when no exporter is wanted', { OTEL_TRACES_EXPORTER: 'none', OTEL_EXPORTER_OTLP_ENDPOINT: COLLECTOR }],
    ['when the SDK is disabled', { OTEL_SDK_DISABLED: 'true', OTEL_EXPORTER_OTLP_ENDPOINT: COLLECTOR }],
  ])('are not exported %s', (_when, environment) => {
    expect(settingsOf(environment)).toBeUndefined();
  });

  it.each([
    ['a collector is named', { OTEL_EXPORTER_OTLP_ENDPOINT: COLLECTOR }],
    ['one for traces alone is named', { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${COLLECTOR}/v1/traces` }],
    ['the exporter is asked for, at its own default address', { OTEL_TRACES_EXPORTER: 'otlp' }],
  ])('are exported when %s', (_when, environment) => {
    expect(settingsOf(environment)).toEqual({ sampler: 'parentbased_always_on', ratio: 1, exportIntervalMs: 5_000 });
  });

  it('are sampled as the environment says', () => {
    const environment = {
      OTEL_TRACES_EXPORTER: 'otlp',
      OTEL_TRACES_SAMPLER: 'traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.25',
    };
    expect(settingsOf(environment)).toMatchObject({ sampler: 'traceidratio', ratio: 0.25 });
    expect(() => settingsOf({ ...environment, OTEL_TRACES_SAMPLER_ARG: '25' })).toThrow('OTEL_TRACES_SAMPLER_ARG');
  });
});

describe('spans', () => {
  afterEach(() => setActiveSpans(undefined));

  it('have no source, and no SDK is loaded, while nothing is exported', async () => {
    await TraceExport.start('intake', undefined);
    expect(activeSpans()).toBeUndefined();
  });

  it('go on under the span above them, and stop when the service does', async () => {
    const off = { sampler: 'parentbased_always_off', ratio: 1, exportIntervalMs: 60_000 } as const;
    const exported = await TraceExport.start('intake', off);
    const parent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00';
    const child = activeSpans()?.start('work', { kind: 'internal', parent });
    expect(child?.context.traceparent).toMatch(
      /^00-4bf92f3577b34da6a3ce929d0e0e4736-(?!00f067aa0ba902b7)[\da-f]{16}-00$/,
    );
    const root = activeSpans()?.start('work', { kind: 'internal', parent: 'not a traceparent' });
    expect(root?.context.traceId).not.toBe(child?.context.traceId);
    child?.end();
    root?.end('CODE');
    await exported.onApplicationShutdown();
    expect(activeSpans()).toBeUndefined();
  });
});
