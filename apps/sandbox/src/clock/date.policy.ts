import { MICROS_PER_MILLISECOND, MICROS_PER_SECOND } from './micros.policy.ts';

/**
 * Writes a moment the way Primer does: UTC, microseconds, and no zone at the end (`2021-02-21T15:36:16.367687`).
 */
export function toPrimerDate(micros: number): string {
  const milliseconds = Math.floor(micros / MICROS_PER_MILLISECOND);
  const rest = micros - milliseconds * MICROS_PER_MILLISECOND;
  return new Date(milliseconds).toISOString().slice(0, -1) + String(rest).padStart(3, '0');
}

const DATE_PATTERN =
  /^(?<date>\d{4}-\d{2}-\d{2})(?:[T ](?<time>\d{2}:\d{2}(?::\d{2})?)(?:\.(?<fraction>\d{1,9}))?(?<zone>Z|[+-]\d{2}:?\d{2})?)?$/;

/**
 * Reads a date of a query parameter: ISO 8601, taken as UTC when it names no zone, a bare day as its first instant.
 * Answers microseconds since 1970, or nothing when the text is no date.
 */
export function fromPrimerDate(text: string): number | undefined {
  const parts = DATE_PATTERN.exec(text)?.groups;
  if (!parts) return undefined;
  const time = parts['time'] ?? '00:00';
  const zone = parts['zone'] ?? 'Z';
  const milliseconds = Date.parse(`${parts['date']}T${time.length === 5 ? `${time}:00` : time}${zone}`);
  if (Number.isNaN(milliseconds)) return undefined;
  const fraction = (parts['fraction'] ?? '').slice(0, 6).padEnd(6, '0');
  return milliseconds * MICROS_PER_MILLISECOND + Number(fraction);
}

/** Whole seconds since 1970, as `signedAt` and the browser event carry them. */
export function toUnixSeconds(micros: number): number {
  return Math.floor(micros / MICROS_PER_SECOND);
}
