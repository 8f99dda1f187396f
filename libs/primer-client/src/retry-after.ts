/** Longest pause a server can ask of us. Milliseconds. */
const RETRY_AFTER_MS_MAX = 15 * 60_000;

/**
 * Milliseconds from a `Retry-After` header (RFC 9110, 10.2.3: delay seconds or an HTTP date), at most a quarter of an
 * hour; undefined if absent or not understood.
 */
export function parseRetryAfter(header: string | undefined, now: Date = new Date()): number | undefined {
  if (header === undefined) {
    return undefined;
  }
  const text = header.trim();
  const delayMs = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now.getTime();
  return Number.isNaN(delayMs) ? undefined : Math.min(Math.max(0, delayMs), RETRY_AFTER_MS_MAX);
}
