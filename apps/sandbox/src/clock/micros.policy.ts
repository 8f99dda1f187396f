/** Moments are whole microseconds since 1970: as exact as Primer's dates, and a safe integer until the year 2255. */
export const MICROS_PER_MILLISECOND = 1_000;
export const MICROS_PER_SECOND = 1_000_000;
