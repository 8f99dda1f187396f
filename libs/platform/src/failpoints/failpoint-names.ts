/**
 * Every point between two side effects at which a process may die, with what has happened by then. The crash tests kill
 * the process at each of them; a name that no code reaches, or that no test kills at, fails a test.
 */
export const FAILPOINTS = {
  'batch.before-commit': 'a batch of records is handled, nothing is committed',
  'batch.after-commit': 'a batch of records is committed, nothing of it is published',
} as const satisfies Readonly<Record<string, string>>;

export type FailpointName = keyof typeof FAILPOINTS;
