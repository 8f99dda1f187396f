/** Half of an order, the odd unit left out. Minor units. */
export function halfOf(amountMinor: number): number {
  return Math.floor(amountMinor / 2);
}
