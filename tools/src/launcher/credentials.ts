import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

import { headerSecret } from '@tollgate/contracts';
import { z } from 'zod';

const KEY_BYTES = 32;

const account = z.object({ email: z.email(), password: z.string().min(12) });
const pair = z.tuple([account, account]);

/** Keys for other programs; an older file gains them. */
const keysSchema = z.object({ approvalsApiKey: z.string().min(16), platformApiKey: z.string().min(16) });
/** People of a local installation; elsewhere they are invited. */
const peopleSchema = z.object({ reviewers: pair, operators: pair, admin: account });

const credentialsSchema = keysSchema
  .extend(peopleSchema.shape)
  .partial()
  .extend({
    merchantId: z.string().min(1),
    intakeApiKey: z.string().min(16),
    operatorToken: z.string().min(16),
    primerApiKey: headerSecret,
    webhookSecret: z.string().min(8),
    masterKey: z.base64().refine((key) => Buffer.from(key, 'base64').length === KEY_BYTES),
  });

/** Everything secret, and whose it is. People's accounts are there where `npm start` has made them. */
export type Credentials = Readonly<z.output<typeof credentialsSchema>>;
/** The credentials of a local installation, which has keys and people of its own. */
export type LocalCredentials = Credentials & Readonly<z.output<typeof keysSchema> & z.output<typeof peopleSchema>>;

/** The variable that stands above each value of the file. */
const VARIABLES = {
  merchantId: 'MERCHANT_ID',
  intakeApiKey: 'INTAKE_API_KEY',
  operatorToken: 'TOLLGATE_OPERATOR_TOKEN',
  primerApiKey: 'PRIMER_API_KEY',
  webhookSecret: 'PRIMER_WEBHOOK_SECRET',
  masterKey: 'TOLLGATE_MASTER_KEY',
  approvalsApiKey: 'APPROVALS_API_KEY',
  platformApiKey: 'PLATFORM_API_KEY',
} as const satisfies Partial<Record<keyof Credentials, string>>;

const REMEDY = 'restore it, or start anew with "npm run reset"';

/** Credentials are missing or damaged. */
export class CredentialsError extends Error {
  override readonly name = 'CredentialsError';
}

/**
 * The credentials in `file`, made at random (mode 600) when there is none; an older file gains what it lacks. Values in
 * the environment stand above the file's and are not written to it.
 * @param options.dataOf a folder that exists once something was sealed with the credentials
 * @throws CredentialsError when the file is damaged, or gone although there is data: making new ones would orphan
 *   everything sealed with the old
 */
export function readOrMakeCredentials(
  file: string,
  environment: NodeJS.ProcessEnv,
  { dataOf }: { dataOf?: string } = {},
): { credentials: LocalCredentials; made: boolean } {
  return readOrMake(file, environment, { dataOf, make: () => ({ ...makeKeys(), ...makePeople() }) });
}

/** The same for an installation whose people are invited: what makes none names none. @throws CredentialsError */
export function readOrMakeKeys(file: string, environment: NodeJS.ProcessEnv): Credentials {
  return readOrMake(file, environment, { make: makeKeys }).credentials;
}

function readOrMake<Access extends Partial<Credentials>>(
  file: string,
  environment: NodeJS.ProcessEnv,
  { dataOf, make }: { dataOf?: string | undefined; make: () => Access },
): { credentials: Credentials & Access; made: boolean } {
  const made = !existsSync(file);
  if (made && dataOf !== undefined && existsSync(dataOf) && !environment[VARIABLES.masterKey]) {
    throw new CredentialsError(`${file} is gone, and ${dataOf} was made with it: ${REMEDY}`);
  }
  const kept = made ? makeCredentials() : readExistingCredentials(file, {});
  const whole: Credentials & Access = { ...make(), ...kept };
  if (made || Object.keys(whole).length > Object.keys(kept).length) {
    // Renamed into place, so that a kill in between leaves no half of a file.
    writeFileSync(`${file}.new`, `${JSON.stringify(whole, undefined, 2)}\n`, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
  return {
    credentials: { ...whole, ...readGiven(credentialsSchema.partial(), environment) },
    made,
  };
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
  const variables = parsed.error.issues.map((issue) => VARIABLES[issue.path[0] as keyof typeof VARIABLES]);
  throw new CredentialsError(
    `missing or unusable in the environment: ${[...new Set(variables)].join(', ')} (see .env.example)`,
  );
}

function secret(prefix: string): string {
  return `${prefix}_${randomBytes(KEY_BYTES).toString('base64url')}`;
}

const PASSWORD_BYTES = 18;

function makeKeys(): z.output<typeof keysSchema> {
  return { approvalsApiKey: secret('merchant'), platformApiKey: secret('platform') };
}

function makePeople(): z.output<typeof peopleSchema> {
  const accountOf = (name: string): z.output<typeof account> => ({
    email: `${name}@tollgate.test`,
    password: randomBytes(PASSWORD_BYTES).toString('base64url'),
  });
  return {
    reviewers: [accountOf('reviewer-1'), accountOf('reviewer-2')],
    operators: [accountOf('operator-1'), accountOf('operator-2')],
    admin: accountOf('admin'),
  };
}

function makeCredentials(): Credentials {
  return {
    merchantId: `merchant-${randomUUID().slice(0, 8)}`,
    intakeApiKey: secret('intake'),
    operatorToken: secret('operator'),
    primerApiKey: secret('primer'),
    webhookSecret: secret('webhook'),
    masterKey: randomBytes(KEY_BYTES).toString('base64'),
  };
}
