import { WAIT_SECONDS_MAX } from '@tollgate/contracts';

/** One preference: `name`, or `name=value`, the value a token or a quoted string; parameters after `;` are ignored. */
const PREFERENCE = /^\s*([\w!#$%&'*+.^`|~-]+)\s*(?:=\s*(?:"([^"]*)"|([^\s;"]+)))?\s*(?:;.*)?$/;

/**
 * Seconds that the caller wants to wait, at most {@link WAIT_SECONDS_MAX}. The first `wait` counts; what cannot be
 * understood is as if it were not there (RFC 7240, section 2).
 * @param header the request's `Prefer`, several of them joined by commas
 * @param bareSeconds what a `wait` without a number stands for; absent: nothing
 * @returns undefined without a usable preference
 */
export function parseWaitSeconds(header: string | undefined, bareSeconds?: number): number | undefined {
  for (const part of (header ?? '').split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/)) {
    const [, name, quoted, token] = PREFERENCE.exec(part) ?? [];
    if (name?.toLowerCase() === 'wait') {
      const value = quoted ?? token ?? bareSeconds?.toString() ?? '';
      return /^\d{1,9}$/.test(value) ? Math.min(Number(value), WAIT_SECONDS_MAX) : undefined;
    }
  }
  return undefined;
}
