import { writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import {
  backtestAnswer,
  paymentAttemptId,
  recomputationAnswer,
  recomputedAnswer,
  ruleSetVersion,
} from '@tollgate/contracts';
import { EXIT, type ExitCode } from '../command-line/exit-code.policy.ts';
import { parseOptions } from '../command-line/options.service.ts';
import { UsageError } from '../command-line/usage.errors.ts';
import { readOpsSettings } from '../ops.config.ts';
import { Console } from '../output/console.service.ts';
import { RiskClient, tellingRefusals } from './risk.client.ts';
import { reportBacktest, toBacktestCsv, toBacktestPage } from './rule-sets-report.service.ts';
import { BACKTEST_USAGE, RECOMPUTE_USAGE } from './rule-sets-usage.policy.ts';
import { rangeOf, toQuery } from './rule-sets.command.ts';

const RANGE = { from: { type: 'string' }, to: { type: 'string' } } as const;
/** Between two looks at a backtest that runs. */
const LOOK_EVERY_MS = 200;

const out = new Console();

/** `ops recompute ATTEMPT` and `ops recompute --all` */
export async function runRecompute(args: readonly string[]): Promise<ExitCode> {
  const { values, positionals } = parseOptions(args, {
    ...RANGE,
    merchant: { type: 'string' },
    all: { type: 'boolean', default: false },
  });
  if (values.help) return tell(RECOMPUTE_USAGE);
  const [id] = positionals;
  if (values.all ? id !== undefined : positionals.length !== 1 || !paymentAttemptId.safeParse(id).success) {
    throw new UsageError(`name one attempt by its id, or --all\n\n${RECOMPUTE_USAGE}`);
  }
  const { urls, operatorToken } = readOpsSettings(values['data-dir']);
  const risk = new RiskClient(urls.risk, operatorToken);
  const merchant = merchantOf(values);
  return tellingRefusals(out, async () => {
    if (id !== undefined) {
      const answer = await risk.get(`/v1/decisions/${id}/recompute?${toQuery(merchant)}`, recomputedAnswer);
      if (values.json) out.json(answer);
      else out.say(answer.isSame ? `the same again, by ${answer.version}` : `${answer.recorded}\n${answer.recomputed}`);
      return answer.isSame ? EXIT.DONE : EXIT.FAILED;
    }
    const query = toQuery({ ...rangeOf(values), ...merchant });
    const answer = await risk.get(`/v1/decisions/recomputation?${query}`, recomputationAnswer);
    if (values.json) out.json(answer);
    else {
      const { decisions, same, different, unknownVersion } = answer;
      out.say(
        `${decisions} decisions: ${same} the same again, ${different} different, ${unknownVersion} by unknown sets`,
      );
    }
    return answer.different === 0 ? EXIT.DONE : EXIT.FAILED;
  });
}

/** `ops backtest VERSION` */
export async function runBacktest(args: readonly string[]): Promise<ExitCode> {
  const { values, positionals } = parseOptions(args, {
    ...RANGE,
    merchant: { type: 'string' },
    'from-topic': { type: 'boolean', default: false },
    csv: { type: 'string' },
    html: { type: 'string' },
  });
  if (values.help) return tell(BACKTEST_USAGE);
  const [version] = positionals;
  if (positionals.length !== 1 || !ruleSetVersion.safeParse(version).success) {
    throw new UsageError(`name one version, by at least 8 digits of its beginning\n\n${BACKTEST_USAGE}`);
  }
  const { urls, operatorToken } = readOpsSettings(values['data-dir']);
  const risk = new RiskClient(urls.risk, operatorToken);
  return tellingRefusals(out, async () => {
    const body = {
      version,
      ...rangeOf(values),
      ...merchantOf(values),
      ...(values['from-topic'] ? { source: 'topic' } : {}),
    };
    let backtest = await risk.post('/v1/backtests', backtestAnswer, body);
    while (backtest.status === 'running') {
      await pause(LOOK_EVERY_MS);
      backtest = await risk.get(`/v1/backtests/${backtest.id}`, backtestAnswer);
    }
    if (values.csv !== undefined) writeFileSync(values.csv, toBacktestCsv(backtest));
    if (values.html !== undefined) writeFileSync(values.html, toBacktestPage(backtest));
    if (values.json) out.json(backtest);
    else if (backtest.result !== null) out.say(reportBacktest(backtest.result));
    if (backtest.result !== null) return EXIT.DONE;
    out.remark(`the backtest is ${backtest.status}${backtest.problem === null ? '' : `: ${backtest.problem}`}`);
    return EXIT.FAILED;
  });
}

function merchantOf({ merchant }: { readonly merchant?: string | undefined }): Record<string, string> {
  return merchant === undefined ? {} : { merchantId: merchant };
}

function tell(usage: string): ExitCode {
  out.say(usage);
  return EXIT.DONE;
}
