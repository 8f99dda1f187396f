import { z } from 'zod';

/** One setting that keeps the service from starting. `problem` never contains the value. */
export interface SettingProblem {
  readonly variable: string;
  readonly problem: string;
  /** What the variable means, from the schema's description. */
  readonly meaning?: string;
}

/** The environment does not hold what the service needs; lists every variable that is missing or wrong. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly SettingProblem[];

  constructor(problems: readonly SettingProblem[]) {
    super(
      problems
        .map(
          ({ variable, problem, meaning }) => `${variable} ${problem}${meaning === undefined ? '' : ` (${meaning})`}`,
        )
        .join('; '),
    );
    this.problems = problems;
  }
}

/**
 * Reads an app's settings from the environment, once, into a frozen object. An empty variable counts as a
 * missing one, because that is how env files and compose files write "not set".
 * @throws ConfigError naming every variable that is missing or wrong, and what to set
 */
export function readConfig<S extends z.ZodType>(
  schema: S,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Readonly<z.output<S>> {
  const present = Object.fromEntries(Object.entries(environment).filter(([, value]) => (value ?? '') !== ''));
  const result = schema.safeParse(present);
  if (result.success) {
    return Object.freeze(result.data);
  }
  // One line a variable: the first thing wrong with it is enough to put it right.
  const problems = new Map<string, SettingProblem>();
  for (const issue of result.error.issues) {
    const variable = String(issue.path[0] ?? 'The environment');
    if (!problems.has(variable)) {
      problems.set(variable, {
        variable,
        problem:
          variable in present || issue.path.length === 0 ? `is not usable: ${issue.message}` : 'is missing: set it',
        meaning: meaningOf(schema, variable),
      });
    }
  }
  throw new ConfigError([...problems.values()]);
}

function meaningOf(schema: z.ZodType, variable: string): string | undefined {
  const shape = schema instanceof z.ZodObject ? (schema.shape as Record<string, z.ZodType | undefined>) : {};
  return shape[variable]?.description;
}
