/** Negative, 0 or positive, as sorting wants it. */
export function compareBigints(a: bigint, b: bigint): number {
  return a < b ? -1 : Number(a > b);
}

/** The same; what is not known comes before everything that is. */
export function compareOptional(a: bigint | undefined, b: bigint | undefined): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  return compareBigints(a, b);
}

/** By UTF-16 code units: the same everywhere, whatever the language. */
export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
