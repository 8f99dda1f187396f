import { describe, expect, it } from '@jest/globals';
import { currentTrace, currentTraceId, currentTraceparent, runInTrace, runWithTraceparent } from './correlation.ts';
import { continueTrace, newTrace } from './traceparent.ts';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const VALID = `00-${TRACE_ID}-00f067aa0ba902b7-01`;

describe('a trace', () => {
  it('goes on under a span of its own, with the flags it came with', () => {
    expect(continueTrace(VALID).traceparent).toMatch(new RegExp(`^00-${TRACE_ID}-[0-9a-f]{16}-01$`));
    expect(continueTrace(VALID).traceparent).not.toBe(VALID);
    expect(continueTrace(VALID.replace(/01$/, '00')).traceparent).toMatch(/-00$/);
  });

  it('of a later version is read as far as it is known', () => {
    expect(continueTrace(`01-${TRACE_ID}-00f067aa0ba902b7-01-more`).traceId).toBe(TRACE_ID);
  });

  it.each([
    ['nothing', undefined],
    ['rubbish', 'rubbish'],
    ['capitals', VALID.toUpperCase()],
    ['the forbidden version', VALID.replace(/^00/, 'ff')],
    ['a zero trace id', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`],
    ['a zero span id', `00-${TRACE_ID}-${'0'.repeat(16)}-01`],
    ['more than version 00 has', `${VALID}-more`],
    ['an endless text', `01-${TRACE_ID}-00f067aa0ba902b7-01-${'x'.repeat(5000)}`],
  ])('starts anew on %s', (_what, header) => {
    const { traceId, traceparent } = continueTrace(header);
    expect(traceId).not.toBe(TRACE_ID);
    expect(traceparent).toMatch(/^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-01$/);
  });

  it('is never given twice', () => {
    const ids = Array.from({ length: 2000 }, () => newTrace().traceId);
    expect(new Set(ids).size).toBe(2000);
  });

  it('belongs to the work it was given to, across waiting, and to nothing else', async () => {
    expect(currentTrace()).toBeUndefined();
    const seen = await Promise.all(
      [1, 2, 3].map(() =>
        runWithTraceparent(undefined, async () => {
          const before = currentTraceId();
          await new Promise<void>((resolve) => {
            setImmediate(resolve);
          });
          expect(currentTraceId()).toBe(before);
          return before;
        }),
      ),
    );
    expect(new Set(seen).size).toBe(3);
    const trace = newTrace();
    expect(runInTrace(trace, currentTraceparent)).toBe(trace.traceparent);
    expect(currentTraceparent()).toBeUndefined();
  });
});
