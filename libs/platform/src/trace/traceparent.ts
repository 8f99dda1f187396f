import { randomBytes } from 'node:crypto';

import type { TraceContext } from './trace-context.ts';

/** The parts of a `traceparent`. */
export interface TraceparentParts {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: number;
}

/** Version ff is forbidden, an all-zero id is invalid (W3C Trace Context, section 3.2). */
const TRACEPARENT = /^(?!ff)[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})(?:-.*)?$/;

/** Random ids are drawn in blocks: one call to the generator for many requests. */
const POOL_BYTES = 24 * 256;
let pool = '';
let poolUsed = 0;

function randomHex(digits: number): string {
  if (poolUsed + digits > pool.length) {
    pool = randomBytes(POOL_BYTES).toString('hex');
    poolUsed = 0;
  }
  poolUsed += digits;
  return pool.slice(poolUsed - digits, poolUsed);
}

/** A trace of its own: nobody upstream started one. */
export function newTrace(): TraceContext {
  const traceId = randomHex(32);
  return { traceId, traceparent: `00-${traceId}-${randomHex(16)}-01` };
}

/**
 * Goes on with the caller's trace under a span of our own, or starts one when the header is absent or invalid
 * (W3C Trace Context: an invalid header is ignored, never an error). Later versions are read as version 00.
 */
export function continueTrace(header: string | undefined): TraceContext {
  const match = matchTraceparent(header);
  return match === undefined
    ? newTrace()
    : { traceId: match[1]!, traceparent: `00-${match[1]}-${randomHex(16)}-${match[3]}` };
}

/** The parts of a valid `traceparent`; undefined when there is none. */
export function readTraceparent(header: string | undefined): TraceparentParts | undefined {
  const match = matchTraceparent(header);
  return match === undefined
    ? undefined
    : { traceId: match[1]!, spanId: match[2]!, traceFlags: Number.parseInt(match[3]!, 16) };
}

function matchTraceparent(header: string | undefined): RegExpExecArray | undefined {
  // Every known version is 55 characters; a longer text of a later version is bounded all the same.
  if (header === undefined || header.length > 256 || (header.startsWith('00') && header.length !== 55)) {
    return undefined;
  }
  return TRACEPARENT.exec(header) ?? undefined;
}
