/** The provider's dates: UTC without a zone suffix, microseconds; a zone and a blank instead of `T` are accepted. */
const INSTANT = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2})?$/;

/**
 * Reads a provider's instant exactly, which `Date` cannot (it stops at milliseconds).
 * @returns microseconds since 1970 UTC; undefined for what is no real date. Digits below the microsecond are cut.
 */
export function toInstantUs(text: string | undefined): bigint | undefined {
  const match = text === undefined ? null : INSTANT.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction = '', zone] = match;
  const wallClockMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`);
  // 30 February parses as 2 March and 24:00 as the next day; PostgreSQL knows no year 0. Not a time has no day at all.
  if (year === '0000' || new Date(wallClockMs).getUTCDate() !== Number(day)) return undefined;
  return BigInt(wallClockMs) * 1000n + BigInt(fraction.slice(0, 6).padEnd(6, '0')) - zoneOffsetUs(zone);
}

/** RFC 3339 in UTC with all six digits, as PostgreSQL reads it and answers show it. */
export function formatInstant(instantUs: bigint): string {
  const belowSecondUs = ((instantUs % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const wholeSeconds = new Date(Number((instantUs - belowSecondUs) / 1000n)).toISOString().slice(0, -5);
  return `${wholeSeconds}.${belowSecondUs.toString().padStart(6, '0')}Z`;
}

/** Microseconds since 1970 of our own clocks, which know milliseconds. */
export function toUs(date: Date): bigint {
  return BigInt(date.getTime()) * 1000n;
}

function zoneOffsetUs(zone: string | undefined): bigint {
  if (zone === undefined || zone === 'Z') return 0n;
  const minutes = BigInt(zone.slice(1, 3)) * 60n + BigInt(zone.slice(4, 6));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000_000n;
}
