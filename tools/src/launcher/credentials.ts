import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

import { headerSecret } from '@tollgate/contracts';
import { z } from 'zod';

const KEY_BYTES = 32;

const credentialsSchema = z.object({
  merchantId: z.string().min(1),
  intakeApiKey: z.string().min(16),
  operatorToken: z.string().min(16),
  primerApiKey: headerSecret,
  webhookSecret: z.string().min(8),
  masterKey: z.base64().refine((key) => Buffer.from(key, 'base64').length === KEY_BYTES),
});

/** Everything secret, and whose it is. */
export type Credentials = Readonly<z.output<typeof credentialsSchema>>;

/** The variable that stands above each value of the file. */
const VARIABLES: Readonly<Record<keyof Credentials, string>> = {
  merchantId: 'MERCHANT_ID',
  intakeApiKey: 'INTAKE_API_KEY',
  operatorToken: 'TOLLGATE_OPERATOR_TOKEN',
  primerApiKey: 'PRIMER_API_KEY',
  webhookSecret: 'PRIMER_WEBHOOK_SECRET',
  masterKey: 'TOLLGATE_MASTER_KEY',
};

const REMEDY = 'restore it, or start anew with "npm run reset"';

/** Credentials are missing or damaged. */
export class CredentialsError extends Error {
  override readonly name = 'CredentialsError';
}

/**
 * The credentials in `file`, made at random (mode 600) when there is none; values in the environment stand above the
 * file's and are not written to it.
 * @param dataOf a folder that exists once something was sealed with the credentials
 * @throws CredentialsError when the file is damaged, or gone although there is data: making new ones would orphan
 *   everything sealed with the old
 */
export function readOrMakeCredentials(
  file: string,
  environment: NodeJS.ProcessEnv,
  dataOf?: string,
): { credentials: Credentials; made: boolean } {
  const made = !existsSync(file);
  if (made) {
    if (dataOf !== undefined && existsSync(dataOf) && !environment[VARIABLES.masterKey]) {
      throw new CredentialsError(`${file} is gone, and ${dataOf} was made with it: ${REMEDY}`);
    }
    // Renamed into place, so that a kill in between leaves no half of a file.
    writeFileSync(`${file}.new`, `${JSON.stringify(makeCredentials(), undefined, 2)}\n`, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
  return { credentials: readExistingCredentials(file, environment), made };
}

/** As `readOrMakeCredentials`, for those who use a running installation. @throws CredentialsError without a file */
export function readExistingCredentials(file: string, environment: NodeJS.ProcessEnv): Credentials {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new CredentialsError(`${file} cannot be read: "npm start" makes it`, { cause: error });
  }
  return parseCredentials(text, file, environment);
}

/** The credentials that the environment alone holds, for installations without a data folder. @throws CredentialsError */
export function readCredentialsFromEnvironment(environment: NodeJS.ProcessEnv): Credentials {
  return readGiven(credentialsSchema, environment);
}

/**
 * Reads the text of a credentials file; values in the environment stand above it.
 * @param source named in errors
 * @throws CredentialsError naming the fields, or variables, that are missing or unusable
 */
export function parseCredentials(text: string, source: string, environment: NodeJS.ProcessEnv): Credentials {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new CredentialsError(`${source} is not JSON: ${REMEDY}`, { cause: error });
  }
  const parsed = credentialsSchema.safeParse(content);
  if (parsed.success) return { ...parsed.data, ...readGiven(credentialsSchema.partial(), environment) };
  const fields = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ');
  throw new CredentialsError(`${source} lacks ${fields}: ${REMEDY}`);
}

function readGiven<S extends z.ZodType>(schema: S, environment: NodeJS.ProcessEnv): z.output<S> {
  const given = Object.entries(VARIABLES).flatMap(([field, variable]) => {
    const value = environment[variable];
    return value === undefined || value === '' ? [] : [[field, value] as const];
  });
  const parsed = schema.safeParse(Object.fromEntries(given));
  if (parsed.success) return parsed.data;
  const variables = parsed.error.issues.map((issue) => VARIABLES[issue.path[0] as keyof Credentials]);
  throw new CredentialsError(
    `missing or unusable in the environment: ${[...new Set(variables)].join(', ')} (see .env.example)`,
  );
}

function makeCredentials(): Credentials {
  const secret = (prefix: string): string => `${prefix}_${randomBytes(KEY_BYTES).toString('base64url')}`;
  return {
    merchantId: `merchant-${randomUUID().slice(0, 8)}`,
    intakeApiKey: secret('intake'),
    operatorToken: secret('operator'),
    primerApiKey: secret('primer'),
    webhookSecret: secret('webhook'),
    masterKey: randomBytes(KEY_BYTES).toString('base64'),
  };
}
