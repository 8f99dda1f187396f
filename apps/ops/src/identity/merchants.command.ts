import { KnownError, paymentCommandKind } from '@tollgate/contracts';
import type { MerchantSettings, MerchantSettingsInput } from '@tollgate/persistence';
import { EXIT, type ExitCode } from '../command-line/exit-code.policy.ts';
import { parseOptions } from '../command-line/options.service.ts';
import { runCommandLine } from '../command-line/run-command-line.command.ts';
import { UsageError } from '../command-line/usage.errors.ts';
import { readOpsSettings } from '../ops.config.ts';
import { Console } from '../output/console.service.ts';
import { withIdentity } from './identity-connection.service.ts';
import { reportMerchants } from './identity-report.service.ts';
import { MERCHANTS_USAGE } from './identity-usage.policy.ts';
import {
  describeLimits,
  describeQuorum,
  type LimitedKind,
  parseAmounts,
  parsePerHour,
  parseQuorum,
  withLimits,
} from './merchant-limits.policy.ts';

const out = new Console();

/** `ops merchants …` */
export function runMerchants(args: readonly string[]): Promise<ExitCode> {
  return runCommandLine(args, MERCHANTS_USAGE, { list, 'set-limits': setLimits, 'set-quorum': setQuorum });
}

async function list(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseOptions(args, {});
  if (values.help) return tellUsage();
  const merchants = await withIdentity(readOpsSettings(values['data-dir']), (desk) => desk.merchants.list());
  if (values.json) out.json(merchants);
  else if (merchants.length > 0) out.say(reportMerchants(merchants));
  if (merchants.length > 0) return EXIT.DONE;
  out.remark('there is no merchant: "npm run setup" makes one');
  return EXIT.NOTHING_FOUND;
}

async function setLimits(args: readonly string[]): Promise<ExitCode> {
  const { values, positionals } = parseOptions(args, {
    amount: { type: 'string' },
    'per-hour': { type: 'string' },
    none: { type: 'boolean', default: false },
  });
  if (values.help) return tellUsage();
  const [merchantId, word] = positionals;
  const kind = parseKind(word);
  const { amount, 'per-hour': perHour } = values;
  const isSaid = amount !== undefined || perHour !== undefined;
  if (merchantId === undefined || positionals.length !== 2 || isSaid === values.none) {
    throw new UsageError(`name one merchant, one kind and its limits, or --none\n\n${MERCHANTS_USAGE}`);
  }
  const limits = values.none
    ? undefined
    : {
        ...(amount === undefined ? {} : { amountMaxMinor: parseAmounts(amount) }),
        ...(perHour === undefined ? {} : { perHourMax: parsePerHour(perHour) }),
      };
  return change(values, merchantId, (settings) => ({ commandLimits: withLimits(settings, kind, limits) }));
}

async function setQuorum(args: readonly string[]): Promise<ExitCode> {
  const { values, positionals } = parseOptions(args, {
    tiers: { type: 'string' },
    none: { type: 'boolean', default: false },
  });
  if (values.help) return tellUsage();
  const [merchantId] = positionals;
  if (merchantId === undefined || positionals.length !== 1 || (values.tiers !== undefined) === values.none) {
    throw new UsageError(`name one merchant and its --tiers, or --none\n\n${MERCHANTS_USAGE}`);
  }
  const approvalQuorum = values.tiers === undefined ? [] : parseQuorum(values.tiers);
  return change(values, merchantId, () => ({ approvalQuorum }));
}

async function change(
  values: { json: boolean; 'data-dir': string },
  merchantId: string,
  toChange: (settings: MerchantSettings) => Partial<MerchantSettingsInput>,
): Promise<ExitCode> {
  const settings = readOpsSettings(values['data-dir']);
  try {
    const now = await withIdentity(settings, ({ merchants }) =>
      merchants.changeSettings(merchantId, toChange, settings.operator),
    );
    if (values.json) out.json({ merchantId, settings: now });
    else out.say([`${merchantId} has now`, ...describeSettings(now)].join('\n  '));
    return EXIT.DONE;
  } catch (error) {
    if (error instanceof KnownError && error.code === 'MERCHANT_NOT_FOUND') {
      out.remark(`there is no merchant ${merchantId}`);
      return EXIT.NOTHING_FOUND;
    }
    throw error;
  }
}

function describeSettings(settings: MerchantSettings): string[] {
  const limits = describeLimits(settings);
  const quorum = describeQuorum(settings);
  return [
    ...(limits.length === 0 ? ['no limits of payment commands'] : limits),
    quorum.length === 0 ? 'one person for every approval' : `people for an approval: ${quorum.join(', ')}, else 1`,
  ];
}

function parseKind(word: string | undefined): LimitedKind {
  const kind = paymentCommandKind.safeParse(word);
  if (kind.success) return kind.data;
  throw new UsageError(`say which kind: ${paymentCommandKind.options.join(', ')}\n\n${MERCHANTS_USAGE}`);
}

function tellUsage(): ExitCode {
  out.say(MERCHANTS_USAGE);
  return EXIT.DONE;
}
