/** What a command's exit code says; scripts rely on it. */
export const EXIT = {
  DONE: 0,
  FAILED: 1,
  /** The command line cannot be understood. */
  USAGE: 2,
  /** There is no such letter, or no such attempt. */
  NOTHING_FOUND: 3,
  /** Records were sent again, and some died again or were not handled in time. */
  NOT_SETTLED: 4,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
