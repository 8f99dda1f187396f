/** The command line cannot be understood; whoever catches this shows the usage. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
