import { KnownError, type Scope, SCOPES } from '@tollgate/contracts';
import { EXIT, type ExitCode } from '../command-line/exit-code.policy.ts';
import { parseOptions } from '../command-line/options.service.ts';
import { runCommandLine } from '../command-line/run-command-line.command.ts';
import { UsageError } from '../command-line/usage.errors.ts';
import { readOpsSettings } from '../ops.config.ts';
import { Console } from '../output/console.service.ts';
import { withIdentity } from './identity-connection.service.ts';
import { isUsable, reportKeys } from './identity-report.service.ts';
import { KEYS_USAGE, LIST_KEYS_USAGE, MAKE_KEY_USAGE, REVOKE_KEY_USAGE } from './identity-usage.policy.ts';

const out = new Console();
const DAY_MS = 24 * 60 * 60 * 1000;

/** `ops keys …` */
export function runKeys(args: readonly string[]): Promise<ExitCode> {
  return runCommandLine(args, KEYS_USAGE, { make, list, revoke });
}

async function make(args: readonly string[]): Promise<ExitCode> {
  const { values, positionals } = parseOptions(args, {
    name: { type: 'string' },
    merchant: { type: 'string' },
    person: { type: 'string' },
    scopes: { type: 'string' },
    days: { type: 'string' },
  });
  if (values.help) return tell(MAKE_KEY_USAGE);
  const { name, merchant: merchantId, person: personEmail } = values;
  if (name === undefined || name.trim() === '' || positionals.length > 0) {
    throw new UsageError(`say what it is for with --name\n\n${MAKE_KEY_USAGE}`);
  }
  const input = {
    name,
    ...(merchantId === undefined ? {} : { merchantId }),
    ...(personEmail === undefined ? {} : { personEmail }),
    ...(values.scopes === undefined ? {} : { scopes: parseScopes(values.scopes) }),
    ...(values.days === undefined ? {} : { expiresAt: parseDays(values.days) }),
  };
  const settings = readOpsSettings(values['data-dir']);
  const made = await withIdentity(settings, async ({ keys, merchants }) => {
    const isKnown =
      merchantId === undefined || (await merchants.list()).some((merchant) => merchant.merchantId === merchantId);
    return isKnown ? keys.make(input, settings.operator) : undefined;
  });
  if (made === undefined) {
    out.remark(`there is no merchant ${merchantId}`);
    return EXIT.NOTHING_FOUND;
  }
  const { keyId, secret } = made;
  if (values.json) out.json({ keyId, secret });
  else {
    out.remark(`made key ${keyId}; it is shown this once:`);
    out.say(secret);
  }
  return EXIT.DONE;
}

async function list(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseOptions(args, { all: { type: 'boolean', default: false } });
  if (values.help) return tell(LIST_KEYS_USAGE);
  const keys = await withIdentity(readOpsSettings(values['data-dir']), (desk) => desk.keys.list());
  const shown = keys.filter((key) => values.all || isUsable(key));
  if (values.json) out.json(shown);
  else if (shown.length > 0) out.say(reportKeys(shown));
  if (shown.length > 0) return EXIT.DONE;
  out.remark('there is no key');
  return EXIT.NOTHING_FOUND;
}

async function revoke(args: readonly string[]): Promise<ExitCode> {
  const { values, positionals } = parseOptions(args, {});
  if (values.help) return tell(REVOKE_KEY_USAGE);
  const [keyId] = positionals;
  if (keyId === undefined || positionals.length > 1) {
    throw new UsageError(`name one key by its id\n\n${REVOKE_KEY_USAGE}`);
  }
  const settings = readOpsSettings(values['data-dir']);
  try {
    const changed = await withIdentity(settings, ({ keys }) => keys.revoke(keyId, settings.operator));
    if (values.json) out.json({ keyId, changed });
    else out.say(changed ? `revoked ${keyId}` : `${keyId} was revoked before`);
    return EXIT.DONE;
  } catch (error) {
    if (error instanceof KnownError && error.code === 'KEY_NOT_FOUND') {
      out.remark(`there is no key ${keyId}`);
      return EXIT.NOTHING_FOUND;
    }
    throw error;
  }
}

function parseScopes(text: string): Scope[] {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !SCOPES.some((scope) => scope === name));
  if (unknown.length > 0)
    throw new UsageError(`there is no scope ${unknown.join(', ')}; there are ${SCOPES.join(', ')}`);
  return SCOPES.filter((scope) => names.includes(scope));
}

function parseDays(text: string): Date {
  if (/^[1-9]\d{0,3}$/.test(text)) return new Date(Date.now() + Number(text) * DAY_MS);
  throw new UsageError(`--days takes whole days, 1 to 9999, not "${text}"`);
}

function tell(usage: string): ExitCode {
  out.say(usage);
  return EXIT.DONE;
}
